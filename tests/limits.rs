//! What a gateway does with servers that can take only so much, in paused time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use autosafe::check::{Key, Limits};
use autosafe::model::{
    Allowance, Answer, AnswerFormat, CallError, Gateway, Message, Model, Quota, Request, Served,
    Sim,
};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use tokio::time::Instant;

/// A server that answers as its rule says, by how many calls are in it.
struct Server {
    rule: Box<Rule>,
    calls: AtomicUsize,
    refused: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    /// When each call came, and its seed.
    came: Mutex<Vec<(Instant, u64)>>,
    allowance: Mutex<Option<Allowance>>,
}

/// By the number of the call, and how many are in flight with it.
type Rule = dyn Fn(usize, usize) -> Ruling + Send + Sync;

/// What a rule makes of one call.
enum Ruling {
    AnswerAfter(Duration),
    Refuse {
        status: u16,
        retry_after: Option<u64>,
    },
}

impl Server {
    fn new(rule: impl Fn(usize, usize) -> Ruling + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            rule: Box::new(rule),
            calls: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            came: Mutex::default(),
            allowance: Mutex::default(),
        })
    }

    async fn respond(&self, request: &Request) -> Result<Answer, CallError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.came
            .lock()
            .unwrap()
            .push((Instant::now(), request.seed));
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(now, Ordering::SeqCst);
        let outcome = match (self.rule)(call, now) {
            Ruling::AnswerAfter(time) => {
                tokio::time::sleep(time).await;
                Ok(Sim.reply(request))
            }
            Ruling::Refuse {
                status,
                retry_after,
            } => {
                self.refused.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(1)).await;
                Err(CallError::Busy {
                    status,
                    message: "slow down".to_owned(),
                    retry_after: retry_after.map(Duration::from_secs),
                })
            }
        };
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        outcome
    }
}

impl Model for Server {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        self.respond(request).boxed()
    }

    fn allowance(&self) -> Option<Allowance> {
        *self.allowance.lock().unwrap()
    }
}

/// A token bucket of one second, as servers keep it.
fn bucket(per_second: f64) -> impl Fn() -> bool + Send + Sync {
    let state = Mutex::new((per_second, None::<Instant>));
    move || {
        let mut state = state.lock().unwrap();
        let now = Instant::now();
        let passed = state
            .1
            .replace(now)
            .map_or(0.0, |then| (now - then).as_secs_f64());
        state.0 = (state.0 + passed * per_second).min(per_second);
        let admits = state.0 >= 1.0;
        if admits {
            state.0 -= 1.0;
        }
        admits
    }
}

fn request(seed: u64) -> Request {
    Request {
        model: "sim".to_owned(),
        messages: vec![Message::User {
            content: "hello".to_owned(),
        }],
        tools: std::sync::Arc::new([]),
        answer: AnswerFormat::Text,
        temperature: 0.0,
        top_p: None,
        max_tokens: None,
        seed,
        body: serde_json::Map::new(),
    }
}

fn key(name: &str) -> Key {
    Key(name.to_owned())
}

fn gateway(models: Vec<(&str, Arc<dyn Model>)>, most: u32, total: Option<usize>) -> Gateway {
    let limits = Limits {
        concurrency: Some(most),
        ..Limits::default()
    };
    let served = models
        .into_iter()
        .map(|(name, model)| (key(name), Served { model, limits }));
    Gateway::over(served.collect::<BTreeMap<_, _>>(), total)
}

async fn call_all(gateway: &Gateway, model: &str, calls: u64) {
    let key = key(model);
    let requests: Vec<Request> = (0..calls).map(request).collect();
    let all = requests.iter().map(|request| gateway.call(&key, request));
    for reply in join_all(all).await {
        reply.expect("every call is answered in the end");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_admits_fifty_a_second_is_kept_busy_and_hardly_refuses() {
    for (concurrency, latency) in [(64, 1), (64, 200), (1000, 1), (1000, 200)] {
        let admits = bucket(50.0);
        let server = Server::new(move |_, _| match admits() {
            true => Ruling::AnswerAfter(Duration::from_millis(latency)),
            false => Ruling::Refuse {
                status: 429,
                retry_after: Some(2),
            },
        });
        let model: Arc<dyn Model> = boxed(&server);
        let gateway = gateway(vec![("M", model)], concurrency, None);
        let start = Instant::now();
        call_all(&gateway, "M", 500).await;
        let (took, refused) = (start.elapsed(), server.refused.load(Ordering::SeqCst));
        let case = format!("{concurrency} at {latency} ms: {refused} refused in {took:?}");
        assert!(took < Duration::from_secs(11), "{case}");
        assert!(refused <= 60, "{case}");
        assert_eq!(
            gateway.take_notices().len(),
            1,
            "one word, not one per call"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_without_any_patience_is_not_crept_up_to() {
    // One call each 20 ms, and none may come early.
    let next = Mutex::new(None::<Instant>);
    let server = Server::new(move |_, _| {
        let (now, mut next) = (Instant::now(), next.lock().unwrap());
        if next.is_some_and(|next| now < next) {
            return Ruling::Refuse {
                status: 429,
                retry_after: Some(2),
            };
        }
        *next = Some(now + Duration::from_millis(20));
        Ruling::AnswerAfter(Duration::from_millis(5))
    });
    let gateway = gateway(vec![("M", boxed(&server))], 64, None);
    let start = Instant::now();
    call_all(&gateway, "M", 1000).await;
    let (took, refused) = (start.elapsed(), server.refused.load(Ordering::SeqCst));
    assert!(
        took < Duration::from_secs(60),
        "{refused} refused in {took:?}"
    );
    assert!(refused <= 60, "{refused} refused in {took:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_calls_while_the_server_asks_for_a_pause() {
    let start = Instant::now();
    let server = Server::new(|call, _| match call {
        10 => Ruling::Refuse {
            status: 503,
            retry_after: Some(7),
        },
        _ => Ruling::AnswerAfter(Duration::from_millis(20)),
    });
    let gateway = gateway(vec![("M", boxed(&server))], 64, None);
    call_all(&gateway, "M", 200).await;
    let came = server.came.lock().unwrap();
    let refused_at = came[9].0;
    let early = came.iter().filter(|(at, _)| {
        (refused_at + Duration::from_millis(2)..refused_at + Duration::from_secs(7)).contains(at)
    });
    assert_eq!(early.count(), 0);
    assert!(start.elapsed() < Duration::from_secs(9));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_queues_gets_no_more_than_it_works_on() {
    // Eight at a time, half a second each; the others wait in the server.
    let free_at = Mutex::new(Vec::<Instant>::new());
    let server = Server::new(move |_, _| {
        let mut slots = free_at.lock().unwrap();
        let now = Instant::now();
        slots.resize(8, now);
        let next = slots.iter_mut().min().expect("there are eight");
        *next = (*next).max(now) + Duration::from_millis(500);
        Ruling::AnswerAfter(*next - now)
    });
    let gateway = gateway(vec![("M", boxed(&server))], 256, None);
    let start = Instant::now();
    call_all(&gateway, "M", 4000).await;
    let ideal = Duration::from_millis(500) * 4000 / 8;
    assert!(
        start.elapsed() < ideal.mul_f64(1.05),
        "{:?}",
        start.elapsed()
    );
    let limit = gateway.traffic().limit.expect("there is a limit");
    assert!((8..=32).contains(&limit), "{limit}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_that_does_not_queue_is_left_alone() {
    let server = Server::new(|_, _| Ruling::AnswerAfter(Duration::from_millis(200)));
    let gateway = gateway(vec![("M", boxed(&server))], 4000, None);
    let start = Instant::now();
    call_all(&gateway, "M", 80_000).await;
    assert!(
        start.elapsed() < Duration::from_millis(4400),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(gateway.traffic().limit, Some(4000));
}

#[tokio::test(start_paused = true)]
async fn time_outs_and_overloads_shrink_what_is_in_flight() {
    let server = Server::new(|_, in_flight| match in_flight > 10 {
        true => Ruling::Refuse {
            status: 529,
            retry_after: None,
        },
        false => Ruling::AnswerAfter(Duration::from_millis(100)),
    });
    let gateway = gateway(vec![("M", boxed(&server))], 64, None);
    call_all(&gateway, "M", 600).await;
    let limit = gateway.traffic().limit.expect("there is a limit");
    assert!(limit < 32, "{limit}");
}

#[tokio::test(start_paused = true)]
async fn what_is_far_along_goes_before_what_has_not_begun() {
    let server = Server::new(|_, _| Ruling::AnswerAfter(Duration::from_millis(100)));
    let gateway = gateway(vec![("M", boxed(&server))], 1, None);
    let key = key("M");
    let requests: Vec<Request> = (0..6).map(request).collect();
    let urgency = |seed: u64| [0, 0, 3, 0, 7, 3][seed as usize];
    let all = requests
        .iter()
        .map(|request| gateway.call_with_urgency(&key, request, urgency(request.seed)));
    join_all(all).await;
    let order: Vec<u64> = server
        .came
        .lock()
        .unwrap()
        .iter()
        .map(|(_, seed)| *seed)
        .collect();
    assert_eq!(order, [0, 4, 2, 5, 1, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_model_does_not_starve_a_quick_one() {
    let slow = Server::new(|_, _| Ruling::AnswerAfter(Duration::from_secs(60)));
    let quick = Server::new(|_, _| Ruling::AnswerAfter(Duration::from_millis(10)));
    let models = vec![("Quick", boxed(&quick)), ("Slow", boxed(&slow))];
    let gateway = gateway(models, 1000, Some(8));
    let start = Instant::now();
    let quickly = async {
        call_all(&gateway, "Quick", 400).await;
        start.elapsed()
    };
    let ((), took) = tokio::join!(call_all(&gateway, "Slow", 40), quickly);
    // Four places of eight: a hundred rounds, and once the wait for places that were all taken.
    assert!(took <= Duration::from_secs(62), "{took:?}");
    assert!(slow.most_in_flight.load(Ordering::SeqCst) <= 8);
}

#[tokio::test(start_paused = true)]
async fn the_servers_own_account_of_its_bucket_is_followed() {
    let server = Server::new(|_, _| Ruling::AnswerAfter(Duration::from_millis(10)));
    let quota = Quota {
        limit: Some(600),
        remaining: Some(20),
        resets_in: Some(Duration::from_secs(58)),
    };
    *server.allowance.lock().unwrap() = Some(Allowance {
        requests: quota,
        tokens: Quota::default(),
    });
    let gateway = gateway(vec![("M", boxed(&server))], 4, None);
    let start = Instant::now();
    call_all(&gateway, "M", 120).await;
    let took = start.elapsed().as_secs_f64();
    assert!(
        (9.0..11.0).contains(&took),
        "20 at once, then 10 a second: {took}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_while_it_waits_leaves_its_place_to_others() {
    let server = Server::new(|_, _| Ruling::AnswerAfter(Duration::from_secs(1)));
    let gateway = gateway(vec![("M", boxed(&server))], 2, None);
    let (key, request) = (key("M"), request(1));
    for wait in [500, 1000, 1001, 1500] {
        let patience = Duration::from_millis(wait);
        let calls = (0..6).map(|_| tokio::time::timeout(patience, gateway.call(&key, &request)));
        join_all(calls).await;
    }
    let start = Instant::now();
    call_all(&gateway, "M", 8).await;
    assert_eq!(start.elapsed().as_secs(), 4, "both places are there");
}

fn boxed(server: &Arc<Server>) -> Arc<dyn Model> {
    Arc::clone(server) as Arc<dyn Model>
}
