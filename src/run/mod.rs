//! A plan to records.

mod record;

pub use record::{
    Action, DropReason, Ending, JudgedAction, Judgement, Kind, RECORD_FORMAT, Record, RecordTool,
    Reflection, SplitPart, Step,
};
