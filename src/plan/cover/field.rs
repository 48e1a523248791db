//! Finite fields: numbers below a prime power that add and multiply like fractions do.

/// The largest field that is made.
const MOST_ELEMENTS: usize = 64;

/// The field with `size` elements, which are the numbers below it.
#[derive(Debug)]
pub(super) struct Field {
    size: usize,
    prime: usize,
    /// By row and column.
    products: Vec<usize>,
}

impl Field {
    /// The field of this size; there is one where the size is the power of a prime.
    pub(super) fn new(size: usize) -> Option<Self> {
        if !(2..=MOST_ELEMENTS).contains(&size) {
            return None;
        }
        let prime = (2..=size).find(|factor| size.is_multiple_of(*factor))?;
        let degree = (1..).find(|&degree| prime.pow(degree) >= size)?;
        if prime.pow(degree) != size {
            return None;
        }
        // A number stands for the polynomial with its digits to the base `prime`; one multiplies
        // modulo a polynomial that has no divisors, which is found by trying.
        (0..size)
            .map(|modulus| Self::modulo(prime, degree as usize, size, modulus))
            .find(Self::can_divide)
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn times(&self, left: usize, right: usize) -> usize {
        self.products[left * self.size + right]
    }

    pub(super) fn plus(&self, left: usize, right: usize) -> usize {
        let (mut sum, mut place) = (0, 1);
        while place < self.size {
            sum += (left / place + right / place) % self.prime * place;
            place *= self.prime;
        }
        sum
    }

    /// The value at `x` of the polynomial with these coefficients, the constant first.
    pub(super) fn evaluate(&self, coefficients: &[usize], x: usize) -> usize {
        let highest_first = coefficients.iter().rev();
        highest_first.fold(0, |sum, &next| self.plus(self.times(sum, x), next))
    }

    /// Products modulo x^degree - `modulus`, whose digits are the polynomial that x^degree equals.
    fn modulo(prime: usize, degree: usize, size: usize, modulus: usize) -> Self {
        let mut field = Self {
            size,
            prime,
            products: vec![0; size * size],
        };
        for left in 0..size {
            // shifted: left times x^digit.
            let mut shifted = left;
            for digit in 0..degree {
                for right in 0..size {
                    let factor = right / prime.pow(digit as u32) % prime;
                    let at = left * size + right;
                    field.products[at] =
                        (0..factor).fold(field.products[at], |sum, _| field.plus(sum, shifted));
                }
                let highest = shifted / (size / prime);
                shifted = (0..highest).fold(shifted % (size / prime) * prime, |sum, _| {
                    field.plus(sum, modulus)
                });
            }
        }
        field
    }

    /// Whether every element but 0 has one by which it gives 1.
    fn can_divide(&self) -> bool {
        (1..self.size).all(|left| (1..self.size).any(|right| self.times(left, right) == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn there_is_a_field_for_each_power_of_a_prime_and_no_other_size() {
        let sizes: Vec<usize> = (0..34).filter(|&size| Field::new(size).is_some()).collect();
        let powers = [
            2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 19, 23, 25, 27, 29, 31, 32,
        ];
        assert_eq!(sizes, powers);
    }

    #[test]
    fn products_spread_over_sums() {
        let field = Field::new(9).expect("9 is a power of 3");
        for (a, b, c) in (0..729).map(|all| (all / 81, all / 9 % 9, all % 9)) {
            let spread = field.plus(field.times(a, b), field.times(a, c));
            assert_eq!(field.times(a, field.plus(b, c)), spread);
        }
    }
}
