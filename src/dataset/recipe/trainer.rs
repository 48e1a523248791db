//! The trainers that there are recipes for.

/// A program that tunes models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trainer {
    LlamaFactory,
    Trl,
    Axolotl,
}

impl Trainer {
    /// Every trainer.
    pub const ALL: [Trainer; 3] = [Trainer::LlamaFactory, Trainer::Trl, Trainer::Axolotl];

    /// The word of the command line, also the name of the recipe's folder.
    pub fn word(self) -> &'static str {
        match self {
            Self::LlamaFactory => "llamafactory",
            Self::Trl => "trl",
            Self::Axolotl => "axolotl",
        }
    }

    /// The trainer of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trainer| trainer.word() == word)
    }

    /// The command that trains, given in the recipe's folder.
    pub fn command(self) -> &'static str {
        match self {
            Self::LlamaFactory => "llamafactory-cli train train.yaml",
            Self::Trl => "trl sft --config train.yaml",
            Self::Axolotl => "axolotl train train.yaml",
        }
    }

    /// How the trainer is installed.
    pub(super) fn installation(self) -> &'static str {
        match self {
            Self::LlamaFactory => "pip install 'llamafactory>=0.9.4' bitsandbytes",
            Self::Trl => "pip install 'trl[peft,quantization]>=1.0' 'datasets>=4.8'",
            Self::Axolotl => "pip install --no-build-isolation 'axolotl>=0.19'",
        }
    }
}
