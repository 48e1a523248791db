//! What is said of wrong programs: which problems, how often, where, in which form, and how to mend them.

mod fixes;
mod pages;
mod reports;
mod typos;
