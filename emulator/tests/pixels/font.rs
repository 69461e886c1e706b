//! A font that is small enough to know each of its pixels.
//!
//! An em has 1000 units. `H` is a square of 500 units on the baseline, `I` a bar of 250 by 1000 units from the baseline up,
//! `.` what a font has for other letters: nothing. Each advances by 1000 units, the space by 500. The ascender is 1000, the
//! descender 0.

/// A rectangle from the left to the right and from the bottom to the top.
type Rectangle = (i16, i16, i16, i16);

fn glyph((left, bottom, right, top): Rectangle) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut word = |number: i16| bytes.extend(number.to_be_bytes());
    // One contour, and its bounds.
    [1, left, bottom, right, top]
        .into_iter()
        .for_each(&mut word);
    // The last of its points, and no instructions.
    [3, 0].into_iter().for_each(&mut word);
    // Points on the line, with coordinates of two bytes that are relative to the point before.
    bytes.extend([1; 4]);
    for number in [
        left,
        0,
        right - left,
        0,
        bottom,
        top - bottom,
        0,
        bottom - top,
    ] {
        bytes.extend(number.to_be_bytes());
    }
    bytes
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// Returns the file of the font.
pub(crate) fn font() -> Vec<u8> {
    let glyphs = [
        Vec::new(),
        Vec::new(),
        glyph((0, 0, 500, 500)),
        glyph((0, 0, 250, 1000)),
    ];
    let mut places = vec![0u16];
    let mut outlines = Vec::new();
    for glyph in &glyphs {
        outlines.extend(glyph);
        places.push(u16::try_from(outlines.len() / 2).unwrap());
    }
    let head = [
        &words(&[1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000])[..],
        &[0; 16],
        &words(&[0, 0, 1000, 1000, 0, 8, 2, 0, 0]),
    ]
    .concat();
    // Ascender, descender, line gap, the longest advance, and how many advances there are.
    let hhea = words(&[
        1, 0, 1000, 0, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, 4,
    ]);
    let hmtx = words(&[1000, 0, 500, 0, 1000, 0, 1000, 0]);
    // One table for Unicode: the ranges of the space, of `H` and `I`, and the end.
    let cmap = words(&[
        0,
        1,
        3,
        1,
        0,
        12,
        4,
        40,
        0,
        6,
        4,
        1,
        2,
        32,
        73,
        0xffff,
        0,
        32,
        72,
        0xffff,
        1u16.wrapping_sub(32),
        2u16.wrapping_sub(72),
        1,
        0,
        0,
        0,
    ]);
    let tables = [
        (b"cmap", cmap),
        (b"glyf", outlines),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", words(&places)),
        (b"maxp", words(&[0, 0x5000, 4])),
    ];
    let mut file = [&words(&[1, 0, 7, 64, 2, 48])[..]].concat();
    let mut at = u32::try_from(12 + 16 * tables.len()).unwrap();
    let mut content = Vec::new();
    for (name, table) in &tables {
        let length = u32::try_from(table.len()).unwrap();
        file.extend(*name);
        file.extend([[0; 4], at.to_be_bytes(), length.to_be_bytes()].concat());
        content.extend(table);
        content.resize(content.len().next_multiple_of(4), 0);
        at = u32::try_from(12 + 16 * tables.len() + content.len()).unwrap();
    }
    file.extend(content);
    file
}
