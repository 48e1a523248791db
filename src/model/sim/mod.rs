//! sim

pub use self::stub::Sim;
mod stub {
    /// x
    pub struct Sim;
    impl crate::model::Model for Sim {
        fn answer<'a>(&'a self, _r: &'a crate::model::Request) -> futures_util::future::BoxFuture<'a, Result<crate::model::Answer, crate::model::CallError>> { panic!() }
    }
}
