//! Coverings that algebra gives, where axes are much alike.
//!
//! Values of polynomials over a finite field form an *orthogonal array*: any `t` columns hold each
//! combination exactly once (Bush, 1952). Two arrays of pairs multiply: the product has about as
//! many columns as both numbers of columns multiplied, and the rows of both added (after Stevens and
//! Mendelsohn, 1999). Of two values, subsets of equal size that all meet each other need the fewest
//! rows there can be (Katona, 1973; Kleitman and Spencer, 1973).

use super::field::Field;

/// Rows over the axes; nothing where any value will do.
pub(super) type Sketch = Vec<Vec<Option<u32>>>;

/// The fewest rows that hold every pair of `axes` axes of two values.
pub(super) fn of_two_values(axes: usize) -> Vec<Vec<u32>> {
    let (rows, columns) = (4..)
        .map(|rows: usize| (rows, subsets(rows - 1, rows.div_ceil(2), axes)))
        .find(|(_, columns)| columns.len() == axes)
        .expect("the number of subsets grows without end");
    // The first row has 0 in every column; of the others each column has 1 in those of its subset.
    (0..rows)
        .map(|row| {
            let is_one = |column: &Vec<usize>| row > 0 && column.contains(&(row - 1));
            columns
                .iter()
                .map(|column| u32::from(is_one(column)))
                .collect()
        })
        .collect()
}

/// Sketches with fewer than `most` rows in which algebra covers what it can of axes of these
/// sizes. Where an axis has more values than the field, or no column is left, nothing is said of it.
pub(super) fn sketches(sizes: &[usize], strength: usize, most: usize) -> Vec<Sketch> {
    let (smallest, largest) = (sizes.iter().min(), sizes.iter().max());
    let (Some(&smallest), Some(&largest)) = (smallest, largest) else {
        return Vec::new();
    };
    let fields = (smallest.max(2)..=2 * largest).filter_map(Field::new);
    let mut found = Vec::new();
    for field in fields {
        let is_enough = field.size() >= largest;
        found.extend(arrays(&field, strength, sizes.len(), most).map(|array| fit(&array, sizes)));
        if is_enough {
            break;
        }
    }
    found
}

/// Rows that hold every pair of `axes` axes of the same number of values.
pub(super) fn of_one_size(values: usize, axes: usize) -> Vec<Vec<u32>> {
    let field = (values.max(2)..=2 * values.max(2))
        .find_map(Field::new)
        .expect("between a number and its double there is a prime");
    let array = arrays(&field, 2, axes, usize::MAX).last();
    let array = array.expect("products have more and more columns");
    let cells = |row: &Vec<usize>| {
        let values = row
            .iter()
            .take(axes)
            .map(|&value| value.min(values - 1) as u32);
        values.collect()
    };
    array.iter().map(cells).collect()
}

/// Rows of equal length with values of a field.
type Array = Vec<Vec<usize>>;

/// Arrays over a field, each with more columns and rows than the one before.
fn arrays(
    field: &Field,
    strength: usize,
    columns: usize,
    most: usize,
) -> impl Iterator<Item = Array> + '_ {
    let rows = field.size().checked_pow(strength as u32);
    let is_possible = strength <= field.size() && rows.is_some_and(|rows| rows < most);
    let first = is_possible.then(|| polynomials(field, strength));
    std::iter::successors(first, move |array| {
        let has_enough = array[0].len() >= columns;
        (strength == 2 && !has_enough).then(|| multiply(field, array))
    })
    .take_while(move |array| array.len() < most)
}

/// The orthogonal array of this strength: a row for each polynomial of a lower degree, with its
/// value at each element and, in the last column, its highest coefficient.
fn polynomials(field: &Field, strength: usize) -> Array {
    let size = field.size();
    (0..size.pow(strength as u32))
        .map(|number| {
            let coefficients: Vec<usize> = (0..strength)
                .map(|place| number / size.pow(place as u32) % size)
                .collect();
            let values = (0..size).map(|x| field.evaluate(&coefficients, x));
            values.chain([coefficients[strength - 1]]).collect()
        })
        .collect()
}

/// An array of pairs with a column for each column of `array` and each element, and one more.
///
/// Rows of `array` are said once for each element, which covers two columns that come from
/// different ones, and equal values of two that come from the same. Lines that are not level cover
/// the rest of those. In the added column is 0 beside the former, and beside a line its slope.
fn multiply(field: &Field, array: &Array) -> Array {
    let columns = array[0].len();
    let repeated = array.iter().map(|row| {
        let values = (0..field.size()).flat_map(|_| row.iter().copied());
        values.chain([0]).collect()
    });
    let lines = polynomials(field, 2)
        .into_iter()
        .filter(|line| line[field.size()] != 0);
    let lines = lines.map(|line| {
        let (slope, values) = line.split_last().expect("a line has values and a slope");
        let values = values.iter().flat_map(|&value| vec![value; columns]);
        values.chain([*slope]).collect()
    });
    repeated.chain(lines).collect()
}

/// The array's columns as axes, those with most values first.
fn fit(array: &Array, sizes: &[usize]) -> Sketch {
    let columns = array[0].len();
    let values = array.iter().flatten().max().map_or(0, |value| value + 1);
    let mut axes: Vec<usize> = (0..sizes.len())
        .filter(|&axis| sizes[axis] <= values)
        .collect();
    axes.sort_by_key(|&axis| std::cmp::Reverse(sizes[axis]));
    axes.truncate(columns);
    array
        .iter()
        .map(|row| {
            let mut sketch = vec![None; sizes.len()];
            for (&axis, &value) in axes.iter().zip(row) {
                sketch[axis] = (value < sizes[axis]).then_some(value as u32);
            }
            sketch
        })
        .collect()
}

/// The first `most` subsets of `0..count` with `size` elements.
fn subsets(count: usize, size: usize, most: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let mut subset: Vec<usize> = (0..size).collect();
    while found.len() < most {
        found.push(subset.clone());
        let Some(place) = (0..size)
            .rev()
            .find(|&place| subset[place] < count - size + place)
        else {
            break;
        };
        subset[place] += 1;
        for next in place + 1..size {
            subset[next] = subset[next - 1] + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Combinations of values that `columns` hold.
    fn held(array: &Array, columns: &[usize]) -> usize {
        let tuples = array
            .iter()
            .map(|row| columns.iter().map(|&column| row[column]).collect());
        tuples.collect::<BTreeSet<Vec<usize>>>().len()
    }

    #[test]
    fn any_three_columns_of_cubes_hold_each_combination() {
        for size in [3, 4, 5] {
            let field = Field::new(size).expect("it is the power of a prime");
            let array = polynomials(&field, 3);
            for columns in subsets(size + 1, 3, 1000) {
                assert_eq!(held(&array, &columns), size.pow(3), "{size} {columns:?}");
            }
        }
    }

    #[test]
    fn products_hold_every_pair_in_few_rows() {
        for (size, expected) in [
            (3, [(9, 4), (15, 13), (21, 40)]),
            (4, [(16, 5), (28, 21), (40, 85)]),
        ] {
            let field = Field::new(size).expect("it is the power of a prime");
            let found: Vec<Array> = arrays(&field, 2, expected[2].1, 100).collect();
            let shapes: Vec<_> = found
                .iter()
                .map(|array| (array.len(), array[0].len()))
                .collect();
            assert_eq!(shapes, expected);
            for columns in subsets(expected[2].1, 2, 10_000) {
                assert_eq!(held(&found[2], &columns), size * size, "{size} {columns:?}");
            }
        }
    }

    #[test]
    fn a_hundred_axes_of_two_values_need_ten_rows() {
        let rows: Array = of_two_values(100)
            .into_iter()
            .map(|row| row.into_iter().map(|value| value as usize).collect())
            .collect();
        assert_eq!(rows.len(), 10);
        for columns in subsets(100, 2, 10_000) {
            assert_eq!(held(&rows, &columns), 4, "{columns:?}");
        }
    }
}
