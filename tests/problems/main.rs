//! What is said of wrong programs: which problems, how often, where, in which form, and how to mend them.

mod pages;
mod reports;
