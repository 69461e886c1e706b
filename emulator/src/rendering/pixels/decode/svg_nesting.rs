//! How deep an SVG nests: the library that draws it calls itself for each level, and too many would end the process.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

/// The most levels of elements within elements, also through references such as those of `use`.
pub(crate) const MAX_NESTING: usize = 256;

/// The most references in style sheets, whose elements are not looked for.
const MAX_STYLED: usize = 64;

/// Whether the nesting is within [`MAX_NESTING`].
pub(crate) fn is_flat(document: &Document<'_>) -> bool {
    let mut ids = HashMap::new();
    let mut styled = 0;
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            ids.entry(id).or_insert(node);
        }
        if node.is_element() && node.tag_name().name() == "style" {
            let text = node.descendants().filter_map(|node| node.text());
            styled += text
                .map(|text| text.matches('#').count().min(text.matches("url").count()))
                .sum::<usize>();
        }
    }
    height(document.root_element(), &ids) + styled <= MAX_NESTING && styled <= MAX_STYLED
}

/// Returns the number of levels below a node, itself included. A reference that leads back counts once.
fn height<'a, 'i>(root: Node<'a, 'i>, ids: &HashMap<&'a str, Node<'a, 'i>>) -> usize {
    // `None` is in progress.
    let mut heights: HashMap<NodeId, Option<usize>> = HashMap::new();
    let mut open = vec![(root, false)];
    while let Some((node, is_done)) = open.pop() {
        let children = node.children().filter(Node::is_element);
        let references = node.attributes().filter_map(|attribute| {
            let (_, id) = attribute.value().split_once('#')?;
            ids.get(id.trim_end_matches([')', '"', '\'', ' ', ';']))
                .copied()
        });
        let below = children.chain(references);
        if is_done {
            let known = below.filter_map(|node| heights.get(&node.id()).copied().flatten());
            let height = 1 + known.max().unwrap_or_default();
            heights.insert(node.id(), Some(height));
        } else if let Entry::Vacant(entry) = heights.entry(node.id()) {
            entry.insert(None);
            open.push((node, true));
            open.extend(below.map(|node| (node, false)));
        }
    }
    heights
        .get(&root.id())
        .copied()
        .flatten()
        .unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn flat(levels: &str) -> bool {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg'>{levels}</svg>");
        is_flat(&Document::parse(&svg).unwrap())
    }

    #[test]
    fn levels_count_through_elements_references_and_style_sheets() {
        let nested = |levels| format!("{}<rect/>{}", "<g>".repeat(levels), "</g>".repeat(levels));
        assert!(flat(&nested(200)));
        assert!(!flat(&nested(300)));
        let chain = |levels: usize| -> String {
            let link = |level: usize| format!("<g id='a{level}'><use href='#a{}'/></g>", level + 1);
            (0..levels).map(link).collect()
        };
        assert!(flat(&chain(100)));
        assert!(!flat(&chain(200)));
        let masks = |level: usize| {
            format!(
                "<mask id='a{level}'><g style='mask: url(#a{})'/></mask>",
                level + 1
            )
        };
        assert!(!flat(&(0..200).map(masks).collect::<String>()));
        let rule = |level: usize| format!(".a{level} {{ mask: url(#b{level}) }}");
        let rules: String = (0..100).map(rule).collect();
        assert!(!flat(&format!("<style>{rules}</style>")));
        // Back to itself.
        assert!(flat("<g id='a'><use href='#a'/></g>"));
    }
}
