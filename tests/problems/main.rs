//! What is said of wrong programs: which problems, how often, where, in which form, and how to mend them.

mod bounds;
mod case_file;
mod conflicts;
mod files;
mod fixes;
mod messages;
mod mutations;
mod pages;
mod reports;
mod typos;
