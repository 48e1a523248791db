//! Whole numbers of any size, as far as counting rows needs them.

use std::fmt;

/// A whole number from 0 without an upper bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Natural {
    /// Base 10^9, the lowest first; no zeros at the end.
    digits: Vec<u32>,
}

const BASE: u64 = 1_000_000_000;

impl Natural {
    pub(super) fn zero() -> Self {
        Self { digits: Vec::new() }
    }

    pub(super) fn one() -> Self {
        Self { digits: vec![1] }
    }

    /// The number, where it fits.
    pub(super) fn to_u64(&self) -> Option<u64> {
        self.digits.iter().rev().try_fold(0_u64, |sum, &digit| {
            sum.checked_mul(BASE)?.checked_add(u64::from(digit))
        })
    }

    pub(super) fn add(&mut self, other: &Self) {
        let mut carry = 0;
        for index in 0..self.digits.len().max(other.digits.len()) {
            let sum = self.digit(index) + other.digit(index) + carry;
            self.set(index, sum % BASE);
            carry = sum / BASE;
        }
        self.push(carry);
    }

    #[must_use]
    pub(super) fn times(&self, other: &Self) -> Self {
        let mut product = vec![0_u64; self.digits.len() + other.digits.len() + 1];
        for (index, &left) in self.digits.iter().enumerate() {
            let mut carry = 0;
            for (offset, &right) in other.digits.iter().enumerate() {
                let sum = product[index + offset] + u64::from(left) * u64::from(right) + carry;
                product[index + offset] = sum % BASE;
                carry = sum / BASE;
            }
            product[index + other.digits.len()] += carry;
        }
        let mut digits: Vec<u32> = product.into_iter().map(|digit| digit as u32).collect();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Self { digits }
    }

    fn digit(&self, index: usize) -> u64 {
        self.digits.get(index).map_or(0, |&digit| u64::from(digit))
    }

    fn set(&mut self, index: usize, digit: u64) {
        if index < self.digits.len() {
            self.digits[index] = digit as u32;
        } else {
            self.digits.push(digit as u32);
        }
    }

    fn push(&mut self, carry: u64) {
        if carry > 0 {
            self.digits.push(carry as u32);
        }
    }
}

impl From<usize> for Natural {
    fn from(number: usize) -> Self {
        let mut rest = number as u64;
        let mut digits = Vec::new();
        while rest > 0 {
            digits.push((rest % BASE) as u32);
            rest /= BASE;
        }
        Self { digits }
    }
}

impl fmt::Display for Natural {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((highest, rest)) = self.digits.split_last() else {
            return formatter.write_str("0");
        };
        write!(formatter, "{highest}")?;
        for digit in rest.iter().rev() {
            write!(formatter, "{digit:09}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_every_integer_type_stay_exact() {
        let two_to_200 = (0..200).fold(Natural::one(), |product, _| product.times(&2.into()));
        assert_eq!(
            two_to_200.to_string(),
            "1606938044258990275541962092341162602522202993782792835301376"
        );
        assert_eq!(two_to_200.to_u64(), None);
    }

    #[test]
    fn small_numbers_add_and_multiply() {
        let mut sum = Natural::from(999_999_999);
        sum.add(&Natural::one());
        assert_eq!(sum.to_string(), "1000000000");
        assert_eq!(sum.times(&3.into()).to_u64(), Some(3_000_000_000));
        assert_eq!(Natural::zero().to_string(), "0");
    }
}
