//! How deep an SVG nests and how large it becomes with its references: the library that draws it calls itself for each level,
//! and copies what is referred to. Too much would end the process.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

/// The most levels of elements within elements, also through references such as those of `use`.
pub(crate) const MAX_NESTING: usize = 256;

/// The most bytes of elements, each counted as often as it is referred to.
const MAX_EXPANDED: u64 = 256 << 20;

/// What an element takes beside the values of its attributes.
const ELEMENT: u64 = 100;

/// The most references in style sheets, each of which may be one of every element.
const MAX_STYLED: usize = 64;

/// Whether the nesting is within [`MAX_NESTING`], and what becomes of the references within [`MAX_EXPANDED`].
pub(crate) fn is_flat(document: &Document<'_>) -> bool {
    let mut known = Known::default();
    let mut styled = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        if let Some(id) = node.attribute("id") {
            known.ids.entry(id).or_insert(node);
        }
        match node.tag_name().name() {
            "style" => {
                let text = node.descendants().filter_map(|node| node.text());
                styled.extend(text.flat_map(|text| text.split("url(").skip(1)));
            }
            "marker" => {
                let size = node.descendants().map(own_size).sum();
                known.marker = known.marker.max(size);
            }
            _ => {}
        }
    }
    if styled.len() > MAX_STYLED {
        return false;
    }
    let styled = styled.into_iter().flat_map(references);
    known.styled = styled.filter_map(|id| known.ids.get(id).copied()).collect();
    let (levels, bytes) = known.measure(document.root_element());
    levels + known.styled.len() <= MAX_NESTING && bytes <= MAX_EXPANDED
}

/// Returns the ids that a value refers to.
fn references(value: &str) -> impl Iterator<Item = &str> {
    value.split('#').skip(1).map(|rest| {
        let end = rest.find([')', '"', '\'', ' ', ';', ',']);
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    })
}

/// Returns what an element takes without its children.
fn own_size(node: Node<'_, '_>) -> u64 {
    let values = node.attributes().map(|attribute| attribute.value().len());
    ELEMENT + values.sum::<usize>() as u64
}

/// What is known of the elements of a document.
#[derive(Default)]
struct Known<'a, 'i> {
    ids: HashMap<&'a str, Node<'a, 'i>>,
    /// What style sheets refer to.
    styled: Vec<Node<'a, 'i>>,
    /// The size of the largest marker, which stands on each point of a line. Which lines have one is inherited.
    marker: u64,
}

impl<'a, 'i> Known<'a, 'i> {
    /// Returns the number of levels below an element, itself included, and their bytes. A reference that leads back counts once.
    fn measure(&self, root: Node<'a, 'i>) -> (usize, u64) {
        // `None` is in progress.
        let mut measures: HashMap<NodeId, Option<(usize, u64)>> = HashMap::new();
        let mut open = vec![(root, false)];
        while let Some((node, is_done)) = open.pop() {
            if is_done {
                let mut levels = 0;
                let mut bytes = own_size(node).saturating_add(self.markers(node));
                for below in self.below(node) {
                    if let Some((more, size)) = measures.get(&below.id()).copied().flatten() {
                        levels = levels.max(more);
                        bytes = bytes.saturating_add(size);
                    }
                }
                measures.insert(node.id(), Some((levels + 1, bytes)));
            } else if let Entry::Vacant(entry) = measures.entry(node.id()) {
                entry.insert(None);
                open.push((node, true));
                open.extend(self.below(node).map(|node| (node, false)));
            }
        }
        let measure = measures.get(&root.id()).copied().flatten();
        measure.unwrap_or_default()
    }

    /// Returns the children of an element, and what it refers to.
    fn below(&self, node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
        let references = node
            .attributes()
            .flat_map(|attribute| references(attribute.value()))
            .filter_map(|id| self.ids.get(id).copied());
        let referred = references.chain(self.styled.iter().copied());
        // A gradient is not copied.
        let copied = referred.filter(|node| !node.tag_name().name().ends_with("Gradient"));
        node.children().filter(Node::is_element).chain(copied)
    }

    /// Returns what the markers on the points of a line may take.
    fn markers(&self, node: Node<'_, '_>) -> u64 {
        let points = ["d", "points"].into_iter();
        let length = points
            .filter_map(|name| node.attribute(name))
            .map(str::len)
            .max();
        // A point takes some letters.
        self.marker
            .saturating_mul(length.unwrap_or_default() as u64 / 4)
    }
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
        // The second one of an attribute.
        let styles = |level: usize| {
            format!(
                "<g id='b{level}' style='fill:url(#none);mask:url(#b{})'/>",
                level + 1
            )
        };
        assert!(!flat(&(0..300).map(styles).collect::<String>()));
        // Back to itself.
        assert!(flat("<g id='a'><use href='#a'/></g>"));
    }

    #[test]
    fn what_is_referred_to_counts_as_often_as_it_is_drawn() {
        let fan = |element: &str, levels: usize| -> String {
            let level = |level: usize| {
                let next = format!("<g {element}#m{})'/>", level + 1);
                format!("<g id='m{level}'>{}</g>", next.repeat(10))
            };
            (0..levels).map(level).collect()
        };
        for element in ["mask='url(", "style='fill:red;clip-path:url("] {
            assert!(flat(&fan(element, 3)), "{element}");
            assert!(!flat(&fan(element, 8)), "{element}");
        }
        // Also by a style sheet.
        let rules = "<style>.a { mask: url(#m1) } .b { mask: url(#m2) }</style>";
        let masked = format!("<mask id='m2'>{}</mask>", "<g class='a'/>".repeat(40_000));
        assert!(flat(&format!(
            "{rules}<mask id='m1'><g/></mask>{masked}<g class='b'/>"
        )));
        let large = format!("<mask id='m1'>{}</mask>", "<g/>".repeat(40_000));
        assert!(!flat(&format!("{rules}{large}{masked}<g class='b'/>")));
        // The text of a long path is copied, and a marker stands on each of its points.
        let path = format!("<path id='p' d='M{}'/>", "1 1 ".repeat(100_000));
        assert!(flat(&(path.clone() + &"<use href='#p'/>".repeat(100))));
        assert!(!flat(&(path.clone() + &"<use href='#p'/>".repeat(1_000))));
        let marker = format!("<marker id='m'>{}</marker>", "<g/>".repeat(100));
        assert!(!flat(&format!(
            "{marker}<g marker-mid='url(#m)'>{path}</g>"
        )));
    }
}
