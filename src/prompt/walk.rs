//! The walk through a template's tree: scopes, shapes of expressions, problems.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::machinery::ast::{CallArg, Expr, ForLoop, Macro, Stmt};

use super::known::{FILTERS, FUNCTIONS, TESTS, filtered, loop_shape};
use super::problem::{ProseProblem, ProseProblemKind};
use super::shape::{Shape, VariableSet};
use super::template::range_of;
use crate::diagnostic::nearest;

/// Goes through a tree once. Names that a template makes itself shadow its variables.
pub(super) struct Walker<'a> {
    text: &'a str,
    variables: &'a VariableSet,
    scopes: Vec<BTreeMap<String, Shape>>,
    used: BTreeSet<String>,
    problems: Vec<ProseProblem>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(text: &'a str, variables: &'a VariableSet) -> Self {
        Self {
            text,
            variables,
            scopes: vec![BTreeMap::new()],
            used: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn into_problems(self) -> Vec<ProseProblem> {
        self.problems
    }

    pub(super) fn into_used(self) -> BTreeSet<String> {
        self.used
    }

    pub(super) fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitExpr(emit) => drop(self.expression(&emit.expr)),
            Stmt::EmitRaw(_) | Stmt::Continue(_) | Stmt::Break(_) => {}
            Stmt::ForLoop(for_loop) => self.for_loop(for_loop),
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                self.statements(&condition.true_body);
                self.statements(&condition.false_body);
            }
            Stmt::WithBlock(with) => self.scoped(|walker| {
                for (target, value) in &with.assignments {
                    let shape = walker.expression(value);
                    walker.assign(target, shape);
                }
                walker.statements(&with.body);
            }),
            Stmt::Set(set) => {
                let shape = self.expression(&set.expr);
                self.assign(&set.target, shape);
            }
            Stmt::SetBlock(set) => {
                self.optional(set.filter.as_ref());
                self.scoped(|walker| walker.statements(&set.body));
                self.assign(&set.target, Shape::Scalar);
            }
            Stmt::AutoEscape(block) => {
                self.expression(&block.enabled);
                self.statements(&block.body);
            }
            Stmt::FilterBlock(block) => {
                self.expression(&block.filter);
                self.scoped(|walker| walker.statements(&block.body));
            }
            Stmt::Macro(definition) => self.macro_definition(definition),
            Stmt::CallBlock(block) => {
                self.call(&block.call.expr, &block.call.args);
                self.macro_body(&block.macro_decl);
            }
            Stmt::Do(statement) => drop(self.call(&statement.call.expr, &statement.call.args)),
            Stmt::Block(block) => self.no_such_statement("block", block.span()),
            Stmt::Import(import) => self.no_such_statement("import", import.span()),
            Stmt::FromImport(import) => self.no_such_statement("import", import.span()),
            Stmt::Extends(extends) => self.no_such_statement("extends", extends.span()),
            Stmt::Include(include) => self.no_such_statement("include", include.span()),
        }
    }

    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn for_loop(&mut self, for_loop: &ForLoop<'_>) {
        let element = self.expression(&for_loop.iter).element();
        self.scoped(|walker| {
            walker.assign(&for_loop.target, element);
            walker.bind("loop", loop_shape());
            walker.optional(for_loop.filter_expr.as_ref());
            walker.statements(&for_loop.body);
        });
        self.scoped(|walker| walker.statements(&for_loop.else_body));
    }

    fn macro_definition(&mut self, definition: &Macro<'_>) {
        self.bind(definition.name, Shape::Any);
        self.macro_body(definition);
    }

    fn macro_body(&mut self, definition: &Macro<'_>) {
        for default in &definition.defaults {
            self.expression(default);
        }
        self.scoped(|walker| {
            walker.bind("caller", Shape::Any);
            for argument in &definition.args {
                walker.assign(argument, Shape::Any);
            }
            walker.statements(&definition.body);
        });
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push(BTreeMap::new());
        inside(self);
        self.scopes.pop();
    }

    /// Gives the names of `target` their shape; those of a target of several are not followed.
    fn assign(&mut self, target: &Expr<'_>, shape: Shape) {
        let mut names = Vec::new();
        target_names(target, &mut names);
        let shape = if matches!(target, Expr::Var(_)) {
            shape
        } else {
            Shape::Any
        };
        for name in names {
            self.bind(name, shape.clone());
        }
    }

    fn bind(&mut self, name: &str, shape: Shape) {
        let Some(scope) = self.scopes.last_mut() else {
            return;
        };
        // Assigned twice, perhaps in two branches: what holds for both.
        let shape = match scope.remove(name) {
            Some(earlier) => earlier.or(shape),
            None => shape,
        };
        scope.insert(name.to_owned(), shape);
    }

    fn optional(&mut self, expression: Option<&Expr<'_>>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    /// What an expression holds, with its problems noted.
    fn expression(&mut self, expression: &Expr<'_>) -> Shape {
        match expression {
            Expr::Var(variable) => self.variable(variable.id, expression),
            Expr::Const(_) => Shape::Any,
            Expr::Slice(slice) => {
                for part in [&slice.start, &slice.stop, &slice.step] {
                    self.optional(part.as_ref());
                }
                self.expression(&slice.expr)
            }
            Expr::UnaryOp(operation) => {
                self.expression(&operation.expr);
                Shape::Scalar
            }
            Expr::BinOp(operation) => {
                let left = self.expression(&operation.left);
                let right = self.expression(&operation.right);
                left.or(right)
            }
            Expr::Compare(comparison) => {
                self.expression(&comparison.expr);
                for operation in &comparison.ops {
                    self.expression(&operation.expr);
                }
                Shape::Scalar
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr);
                let yes = self.expression(&choice.true_expr);
                match &choice.false_expr {
                    Some(no) => yes.or(self.expression(no)),
                    None => yes,
                }
            }
            Expr::Filter(filter) => {
                let range = self.start_of(expression, filter.name);
                self.known(filter.name, FILTERS, "filter", range);
                let value = match &filter.expr {
                    Some(value) if matches!(filter.name, "default" | "d") => self.lenient(value),
                    Some(value) => self.expression(value),
                    None => Shape::Scalar,
                };
                self.arguments(&filter.args);
                filtered(filter.name, &value)
            }
            Expr::Test(test) => {
                let range = self.start_of(expression, test.name);
                self.known(test.name, TESTS, "test", range);
                match test.name {
                    "defined" | "undefined" => self.lenient(&test.expr),
                    _ => self.expression(&test.expr),
                };
                self.arguments(&test.args);
                Shape::Scalar
            }
            Expr::GetAttr(access) => {
                let shape = self.expression(&access.expr);
                let range = self.end_of(expression, access.name);
                self.attribute(&access.expr, &shape, access.name, range)
            }
            Expr::GetItem(access) => {
                let shape = self.expression(&access.expr);
                self.expression(&access.subscript_expr);
                self.item(&access.expr, &shape, &access.subscript_expr)
            }
            Expr::Call(call) => self.call(&call.expr, &call.args),
            Expr::List(list) => self.elements(&list.items),
            Expr::Tuple(tuple) => self.elements(&tuple.items),
            Expr::Map(map) => {
                for part in map.keys.iter().chain(&map.values) {
                    self.expression(part);
                }
                Shape::Any
            }
        }
    }

    fn elements(&mut self, items: &[Expr<'_>]) -> Shape {
        let element = items
            .iter()
            .map(|item| self.expression(item))
            .reduce(Shape::or)
            .unwrap_or(Shape::Any);
        Shape::list(element)
    }

    /// An expression whose last attribute may be missing, because the template asks whether it is.
    fn lenient(&mut self, expression: &Expr<'_>) -> Shape {
        match expression {
            Expr::GetAttr(access) => {
                self.expression(&access.expr);
                Shape::Any
            }
            _ => self.expression(expression),
        }
    }

    fn variable(&mut self, name: &str, expression: &Expr<'_>) -> Shape {
        if let Some(shape) = self.scopes.iter().rev().find_map(|scope| scope.get(name)) {
            return shape.clone();
        }
        if let Some(shape) = self.variables.get(name) {
            self.used.insert(name.to_owned());
            return shape.clone();
        }
        let known = self.names_in_scope();
        self.report(
            ProseProblemKind::UnknownVariable,
            range_of(self.text, expression.span()),
            format!("no variable is named `{name}`"),
            nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
            known,
        );
        Shape::Any
    }

    fn names_in_scope(&self) -> Vec<String> {
        let own = self.scopes.iter().flat_map(BTreeMap::keys);
        let mut names: Vec<String> = own
            .map(String::as_str)
            .chain(self.variables.names())
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    }

    fn attribute(
        &mut self,
        owner: &Expr<'_>,
        shape: &Shape,
        name: &str,
        range: Range<usize>,
    ) -> Shape {
        let owner = owner_name(owner);
        match shape {
            Shape::Any => Shape::Any,
            Shape::Record(fields) => match fields.get(name) {
                Some(shape) => shape.clone(),
                None => {
                    let known: Vec<String> = fields.keys().cloned().collect();
                    self.report(
                        ProseProblemKind::UnknownAttribute,
                        range,
                        format!("{owner} has no attribute `{name}`"),
                        nearest(name, fields.keys().map(String::as_str)).map(str::to_owned),
                        known,
                    );
                    Shape::Any
                }
            },
            Shape::Scalar | Shape::List(_) => {
                self.report(
                    ProseProblemKind::UnknownAttribute,
                    range,
                    format!("{owner} has no attributes"),
                    None,
                    Vec::new(),
                );
                Shape::Any
            }
        }
    }

    fn item(&mut self, owner: &Expr<'_>, shape: &Shape, subscript: &Expr<'_>) -> Shape {
        let constant = match subscript {
            Expr::Const(constant) => constant.value.as_str().map(str::to_owned),
            _ => None,
        };
        match (constant, shape) {
            (Some(name), Shape::Record(_)) => {
                let range = range_of(self.text, subscript.span());
                self.attribute(owner, shape, &name, range)
            }
            (None, Shape::List(element)) => element.as_ref().clone(),
            _ => Shape::Any,
        }
    }

    fn call(&mut self, callee: &Expr<'_>, arguments: &[CallArg<'_>]) -> Shape {
        match callee {
            Expr::Var(function) => self.function(function.id, callee),
            Expr::GetAttr(method) => {
                let shape = self.expression(&method.expr);
                self.method(&shape, method.name, callee);
            }
            _ => drop(self.expression(callee)),
        }
        self.arguments(arguments);
        Shape::Any
    }

    fn function(&mut self, name: &str, callee: &Expr<'_>) {
        let is_own = self.scopes.iter().any(|scope| scope.contains_key(name));
        if !is_own {
            let range = range_of(self.text, callee.span());
            self.known(name, FUNCTIONS, "function", range);
        }
    }

    fn method(&mut self, shape: &Shape, name: &str, callee: &Expr<'_>) {
        let is_there = match shape {
            Shape::Any => true,
            Shape::Record(fields) => fields.get(name) == Some(&Shape::Any),
            Shape::Scalar | Shape::List(_) => false,
        };
        if is_there {
            return;
        }
        let message = if FILTERS.contains(&name) {
            format!("there are no methods here; write `| {name}`")
        } else {
            format!("there is no method `{name}`")
        };
        let range = self.end_of(callee, name);
        let kind = ProseProblemKind::UnknownAttribute;
        self.report(kind, range, message, None, Vec::new());
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value)
                | CallArg::Kwarg(_, value)
                | CallArg::PosSplat(value)
                | CallArg::KwargSplat(value) => drop(self.expression(value)),
            }
        }
    }

    fn known(&mut self, name: &str, names: &[&str], what: &str, range: Range<usize>) {
        if names.contains(&name) {
            return;
        }
        self.report(
            ProseProblemKind::UnknownAttribute,
            range,
            format!("no {what} is named `{name}`"),
            nearest(name, names.iter().copied()).map(str::to_owned),
            names.iter().map(|name| (*name).to_owned()).collect(),
        );
    }

    fn no_such_statement(&mut self, word: &str, span: minijinja::machinery::Span) {
        self.report(
            ProseProblemKind::Syntax,
            range_of(self.text, span),
            format!("prose has no `{word}`"),
            None,
            Vec::new(),
        );
    }

    /// The name that a node's span begins with.
    fn start_of(&self, expression: &Expr<'_>, name: &str) -> Range<usize> {
        let whole = range_of(self.text, expression.span());
        whole.start..(whole.start + name.len()).min(whole.end)
    }

    /// The name that a node's span ends with.
    fn end_of(&self, expression: &Expr<'_>, name: &str) -> Range<usize> {
        let whole = range_of(self.text, expression.span());
        whole.end.saturating_sub(name.len()).max(whole.start)..whole.end
    }

    fn report(
        &mut self,
        kind: ProseProblemKind,
        range: Range<usize>,
        message: String,
        near: Option<String>,
        known: Vec<String>,
    ) {
        self.problems.push(ProseProblem {
            kind,
            range,
            message,
            near,
            known,
        });
    }
}

fn owner_name(owner: &Expr<'_>) -> String {
    match owner {
        Expr::Var(variable) => format!("`{}`", variable.id),
        _ => "the expression before it".to_owned(),
    }
}

/// The name of a variable that an expression is, for targets of `for` and `set`.
fn target_names<'a>(target: &Expr<'a>, names: &mut Vec<&'a str>) {
    match target {
        Expr::Var(variable) => names.push(variable.id),
        Expr::List(list) => list.items.iter().for_each(|item| target_names(item, names)),
        Expr::Tuple(tuple) => tuple
            .items
            .iter()
            .for_each(|item| target_names(item, names)),
        _ => {}
    }
}
