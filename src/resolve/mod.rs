//! Trees to names: modules, scopes, and what each name stands for.
