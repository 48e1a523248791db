//! What a run leaves behind: the dataset's folder, read as its users read it.

mod card;
mod chats;
mod croissant;
mod folder;
mod judged;
mod llama_factory;
mod parquet;
mod recipes;
mod records;
mod replacing;
mod written;
