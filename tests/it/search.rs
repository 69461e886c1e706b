//! Searching: parameters on the wire, filters, and the way from page to page.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use crate::support::{HASH, RecordedRequest, Reply, Server, image, json, reply};
use futures_util::{StreamExt, TryStreamExt};
use rokka::field::{self, Filter, Sort};
use rokka::{Copied, DateTime, ErrorKind};
use serde_json::{Value, json};

fn page(total: usize, images: usize, cursor: Option<&str>, next: Option<&str>) -> Reply {
    let items: Vec<Value> = (0..images).map(|_| image(HASH)).collect();
    let mut body = json!({"total": total, "items": items, "links": []});
    if let Some(cursor) = cursor {
        body["cursor"] = json!(cursor);
    }
    if let Some(href) = next {
        body["links"] = json!({"next": {"href": href}});
    }
    json(200, &body)
}

fn query(request: &RecordedRequest) -> Vec<(String, String)> {
    let (_, query) = request.target.split_once('?').unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_plain_search_sends_no_parameter() {
    let server = Server::exactly([page(1, 1, None, None)]);
    let found = server.images().search().await.unwrap();
    assert_eq!((found.total, found.items.len()), (1, 1));
    assert!(found.links.next.is_none());
    assert_eq!(server.only_request().line(), "GET /sourceimages/acme");
}

#[tokio::test]
async fn every_parameter_goes_out_under_its_name() {
    let server = Server::exactly([page(0, 0, None, None)]);
    server
        .images()
        .search()
        .filter(field::HEIGHT.at_least(1200))
        .filter(field::user_str("title").starts_with("A cat"))
        .any()
        .sort(field::CREATED.descending())
        .sort(field::user_int("sku").ascending())
        .facet("user:array:labels")
        .facet(field::user_str("category"))
        .deleted()
        .limit(0)
        .offset(20)
        .await
        .unwrap();
    let mut sent = query(&server.only_request());
    sent.sort();
    assert_eq!(
        sent,
        pairs(&[
            ("deleted", "true"),
            ("facets", "user:array:labels,user:str:category"),
            ("height", "[1200,}"),
            ("limit", "0"),
            ("offset", "20"),
            ("operator", "or"),
            ("sort", "created desc,user:int:sku asc"),
            ("user:str:title", "A cat*"),
        ])
    );
    assert!(
        server
            .only_request()
            .line()
            .contains("height=%5B1200%2C%7D"),
        "{}",
        server.only_request().line()
    );
}

#[tokio::test]
async fn filters_say_what_the_service_understands() {
    let day: DateTime = "2026-01-02T03:04:05+01:00".into();
    let next: DateTime = "2026-01-03T00:00:00Z".into();
    let epoch = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
    let cases: Vec<(Filter, &str, &str)> = vec![
        (field::NAME.equals("cat.jpg"), "name", "cat.jpg"),
        (field::NAME_TEXT.starts_with("cat"), "name_text", "cat*"),
        (field::WIDTH.equals(640), "width", "640"),
        (
            field::SIZE.at_least(5_000_000_000u64),
            "size",
            "[5000000000,}",
        ),
        (field::SIZE.more_than(1u8), "size", "{1,}"),
        (field::SIZE.at_most(-1), "size", "{,-1]"),
        (field::SIZE.less_than(2.5), "size", "{,2.5}"),
        (
            field::user_double("price").between(1.5, 10.0),
            "user:double:price",
            "[1.5,10]",
        ),
        (
            field::CREATED.equals(day.clone()),
            "created",
            "'2026-01-02T02:04:05Z'",
        ),
        (
            field::CREATED.since(day.clone()),
            "created",
            "['2026-01-02T02:04:05Z',}",
        ),
        (
            field::DELETED_DATE.before(epoch),
            "deletedDate",
            "{,'1970-01-01T00:01:00Z'}",
        ),
        (
            field::user_date("taken").between(day, next),
            "user:date:taken",
            "['2026-01-02T02:04:05Z','2026-01-03T00:00:00Z'}",
        ),
        (
            field::user_array("labels").equals("a b"),
            "user:array:labels",
            "a b",
        ),
        (
            field::dynamic_str("version", "text").equals("x"),
            "dynamic:str:version:text",
            "x",
        ),
        (
            field::static_boolean("content_credentials", "ai_generated").is(true),
            "static:boolean:content_credentials__ai_generated",
            "true",
        ),
        (
            Filter::raw("user:latlon:place", "47.38,8.52"),
            "user:latlon:place",
            "47.38,8.52",
        ),
        (Filter::raw("brand_new", "[1,*]"), "brand_new", "[1,*]"),
    ];
    for (filter, name, expression) in cases {
        let server = Server::exactly([page(0, 0, None, None)]);
        server.images().search().filter(filter).await.unwrap();
        assert_eq!(query(&server.only_request()), pairs(&[(name, expression)]));
    }
}

#[tokio::test]
async fn filters_that_mean_something_else_are_refused() {
    let strange: DateTime = "soon".into();
    let day: DateTime = "2026-01-02T00:00:00Z".into();
    let cases = [
        (field::NAME.equals("cat*"), "must not end with `*`"),
        (field::NAME.equals("[a,b]"), "which start a range"),
        (field::NAME.equals(""), "the text is empty"),
        (
            field::NAME.starts_with(""),
            "is invalid: set at least one character",
        ),
        (
            field::NAME.starts_with("a*b"),
            "is invalid: set at least one character",
        ),
        (field::SIZE.at_least(f64::NAN), "NaN is not a finite number"),
        (field::SIZE.between(5, 1), "the range from 5 to 1 is empty"),
        (field::CREATED.since(strange), "\"soon\" is not a date"),
        (field::CREATED.between(day.clone(), day), "is empty"),
        (
            Filter::raw("limit", "9"),
            "`limit` is a query parameter of the search, not a field",
        ),
        (
            Filter::raw("binaryHash", "9"),
            "`binaryHash` is a query parameter",
        ),
        (Filter::raw("", "9"), "the field name \"\" is invalid"),
        (Filter::raw("a&b", "9"), "the field name \"a&b\" is invalid"),
        (Filter::raw("name", ""), "the filter on `name` is empty"),
        (
            field::user_str("Title").equals("x"),
            "invalid user metadata name \"Title\"",
        ),
        (
            Filter::raw("user:integer:a", "1"),
            "`integer` in `user:integer:a` is not a type",
        ),
    ];
    let server = Server::exactly([]);
    for (filter, rule) in cases {
        let shown = format!("{filter:?}");
        let error = server.images().search().filter(filter).await.unwrap_err();
        assert!(error.to_string().contains(rule), "{shown}: {error}");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    let images = server.images();
    let twice = images
        .search()
        .filter(field::SIZE.at_least(1))
        .filter(field::SIZE.at_most(9));
    assert!(
        twice
            .await
            .unwrap_err()
            .to_string()
            .contains("`size` has two filters")
    );
    let error = images.search().limit(2001).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the limit 2001 is too large: set 0 to 2,000"),
        "{error}"
    );
    let error = images.search().offset(9_950).limit(100).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("must not exceed 10,000; use `cursor()` or `stream()`"),
        "{error}"
    );
    let error = images.search().offset(9_901).await.unwrap_err();
    assert!(
        error.to_string().contains("offset 9901 + limit 100"),
        "{error}"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn facets_and_counts_come_without_images() {
    let body = json!({
        "total": 12, "items": [],
        "facets": {"user:array:labels": [{"value": "cat", "count": 7}, {"value": "dog", "count": 5}]},
    });
    let server = Server::exactly([json(200, &body)]);
    let found = server
        .images()
        .search()
        .limit(0)
        .facet("user:array:labels")
        .await
        .unwrap();
    assert_eq!(found.total, 12);
    let labels = &found.facets["user:array:labels"];
    assert_eq!((labels[0].value.as_str(), labels[0].count), ("cat", 7));
    let mut counted = Vec::new();
    for (field, counts) in &found.facets {
        for count in counts {
            counted.push((field.as_str(), count.value.as_str(), count.count));
        }
    }
    assert_eq!(
        counted,
        [
            ("user:array:labels", "cat", 7),
            ("user:array:labels", "dog", 5)
        ]
    );
}

#[tokio::test]
async fn one_search_counts_and_then_streams() {
    let server = Server::exactly([page(2, 0, None, None), page(2, 2, None, None)]);
    let search = server
        .images()
        .search()
        .filter(field::FORMAT.equals("jpg"))
        .limit(5);
    assert_eq!(search.clone().limit(0).await.unwrap().total, 2);
    let found: Vec<_> = search.stream().try_collect().await.unwrap();
    assert_eq!(found.len(), 2);
    let sent: Vec<_> = server.requests().iter().map(query).collect();
    assert_eq!(
        sent,
        [
            pairs(&[("format", "jpg"), ("limit", "0")]),
            pairs(&[("format", "jpg"), ("limit", "5")]),
        ]
    );
}

#[tokio::test]
async fn a_raw_order_is_sent_unchanged() {
    let server = Server::exactly([page(0, 0, None, None)]);
    let search = server.images().search();
    search
        .clone()
        .sort(Sort::raw("brand_new:47.4,8.5 asc"))
        .sort(field::SIZE.descending())
        .await
        .unwrap();
    assert_eq!(
        query(&server.only_request()),
        pairs(&[("sort", "brand_new:47.4,8.5 asc,size desc")])
    );
    for blank in ["", " "] {
        let error = search.clone().sort(Sort::raw(blank)).await.unwrap_err();
        assert!(
            error.is_invalid_input() && error.to_string().contains("is blank"),
            "{error}"
        );
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn pages_follow_the_cursor_and_keep_everything_else() {
    let server = Server::exactly([
        page(5, 2, Some("one"), None),
        page(5, 2, Some("two"), None),
        page(5, 1, Some("three"), None),
    ]);
    let search = server
        .images()
        .search()
        .filter(field::FORMAT.equals("jpg"))
        .limit(2);
    let mut pages = search.pages();
    assert_eq!(pages.cursor(), None);
    assert_eq!(pages.try_next().await.unwrap().unwrap().items.len(), 2);
    assert_eq!(pages.cursor(), Some("one"), "enough to go on another day");
    let rest: Vec<_> = pages.try_collect().await.unwrap();
    assert_eq!(rest.len(), 2);
    let sent: Vec<_> = server.requests().iter().map(query).collect();
    assert_eq!(
        sent,
        [
            pairs(&[("format", "jpg"), ("limit", "2")]),
            pairs(&[("format", "jpg"), ("limit", "2"), ("offset", "one")]),
            pairs(&[("format", "jpg"), ("limit", "2"), ("offset", "two")]),
        ]
    );
}

#[tokio::test]
async fn listings_end_where_the_service_has_no_more() {
    // An empty page, a repeated cursor, a missing one, an empty one, a page shorter than asked for.
    for (second, given) in [
        (page(4, 0, Some("b"), None), 1),
        (page(4, 2, Some("a"), None), 2),
        (page(4, 2, None, None), 2),
        (page(4, 2, Some(""), None), 2),
        (page(4, 1, Some("b"), None), 2),
    ] {
        let last = [page(4, 2, Some("a"), None), second];
        let server = Server::exactly(last);
        let pages: Vec<_> = server
            .images()
            .search()
            .limit(2)
            .pages()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(pages.len(), given);
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn links_lead_on_where_there_is_no_cursor() {
    let server = Server::exactly([
        page(
            6,
            2,
            None,
            Some("/sourceimages/acme?limit=99&offset=2&height=1"),
        ),
        page(
            6,
            2,
            None,
            Some("https://elsewhere.example/?offset=cur%2Bsor"),
        ),
        page(6, 2, None, None),
    ]);
    let pages: Vec<_> = server
        .images()
        .search()
        .limit(2)
        .pages()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages.len(), 3);
    let sent: Vec<_> = server.requests().iter().map(query).collect();
    // Only the offset is taken from a link: neither its host nor its other parameters.
    assert_eq!(sent[1], pairs(&[("limit", "2"), ("offset", "2")]));
    assert_eq!(sent[2], pairs(&[("limit", "2"), ("offset", "cur+sor")]));
}

#[tokio::test]
async fn numbers_lead_on_where_there_is_neither() {
    let server = Server::exactly([
        page(5, 2, None, None),
        page(5, 2, None, None),
        page(5, 1, None, None),
    ]);
    let images: Vec<_> = server
        .images()
        .search()
        .limit(2)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(images.len(), 5);
    let offsets: Vec<_> = server
        .requests()
        .iter()
        .map(|request| query(request).get(1).cloned())
        .collect();
    assert_eq!(offsets[0], None);
    assert_eq!(offsets[1].as_ref().unwrap().1, "2");
    assert_eq!(offsets[2].as_ref().unwrap().1, "4");
}

#[tokio::test]
async fn a_stream_asks_for_large_pages_and_knows_the_total() {
    let server = Server::exactly([page(1, 1, None, None)]);
    let mut stream = server.images().search().stream();
    assert_eq!(stream.total(), None);
    assert!(
        server.requests().is_empty(),
        "nothing is sent before it is asked for"
    );
    assert_eq!(stream.try_next().await.unwrap().unwrap().hash, HASH);
    assert_eq!((stream.total(), stream.remaining()), (Some(1), Some(0)));
    assert!(stream.try_next().await.unwrap().is_none());
    assert_eq!(query(&server.only_request()), pairs(&[("limit", "1000")]));
}

#[tokio::test]
async fn an_error_is_returned_once_and_ends_the_stream() {
    let server = Server::exactly([page(4, 2, Some("a"), None), reply(500, "broken")]);
    let mut stream = server.images().search().limit(2).stream();
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_ok());
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.status().unwrap(), 500);
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_search_goes_on_from_a_cursor() {
    let server = Server::exactly([page(4, 1, None, None)]);
    let search = server.images().search().limit(2).cursor("saved+/=");
    let images: Vec<_> = search.stream().try_collect().await.unwrap();
    assert_eq!(images.len(), 1);
    assert_eq!(
        query(&server.only_request()),
        pairs(&[("limit", "2"), ("offset", "saved+/=")])
    );
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn a_listing_passes_the_window_of_numbers() {
    use rokka::testing::{Emulator, EmulatorExt};

    let emulator = Emulator::start().await;
    let expected = emulator.seed_images("acme", 10_500);
    let images = emulator.source_images().unwrap();
    let found: Vec<_> = images.search().stream().try_collect().await.unwrap();
    let mut hashes: Vec<_> = found.into_iter().map(|image| image.hash).collect();
    assert_eq!(hashes.len(), 10_500);
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 10_500, "none comes twice");
    assert!(
        expected
            .iter()
            .all(|hash| hashes.binary_search(hash).is_ok())
    );
    // From a numeric start too.
    let late: Vec<_> = images
        .search()
        .offset(9_000)
        .limit(1_000)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(late.len(), 1_500);
}

fn offset(request: &RecordedRequest) -> Option<String> {
    let offset = query(request)
        .into_iter()
        .find(|(name, _)| name == "offset");
    offset.map(|(_, offset)| offset)
}

/// The `number`th image of a list.
fn hash(number: usize) -> String {
    format!("{number:040x}")
}

/// A list of `total` images in pages of `limit`, by number and by cursor.
fn listing(total: usize, limit: usize) -> Server {
    Server::respond(move |request| {
        let from = match offset(request) {
            None => 0,
            Some(offset) => offset.trim_start_matches("after-").parse().unwrap(),
        };
        let until = total.min(from + limit);
        let items: Vec<Value> = (from..until).map(|number| image(&hash(number))).collect();
        // The service gives a cursor even where none is needed.
        let cursor = format!("after-{until}");
        json(
            200,
            &json!({"total": total, "items": items, "cursor": cursor, "links": []}),
        )
    })
}

async fn wait_for(server: &Server, requests: usize) {
    server.wait_for_requests(requests).await;
    server.settle().await;
}

#[tokio::test]
async fn pages_by_number_come_side_by_side_and_in_order() {
    let server = listing(11, 2);
    let mut pages = server.images().search().limit(2).concurrency(3).pages();
    pages.try_next().await.unwrap().unwrap();
    wait_for(&server, 4).await;
    let mut asked: Vec<_> = server.requests().iter().map(offset).collect();
    asked.sort();
    let expected = [None, Some("2"), Some("4"), Some("6")].map(|one| one.map(str::to_owned));
    assert_eq!(asked, expected, "three pages side by side and no more");

    let rest: Vec<_> = pages.try_collect().await.unwrap();
    let rest = rest.iter().flat_map(|page| &page.items);
    let rest: Vec<_> = rest.map(|image| image.hash.clone()).collect();
    assert_eq!(rest, (2..11).map(hash).collect::<Vec<_>>());
    assert_eq!(
        server.requests().len(),
        6,
        "nothing beyond the total is asked for"
    );
}

/// On the one thread that this test has.
#[tokio::test]
async fn the_next_page_is_asked_for_before_the_caller_computes() {
    let server = listing(11, 2);
    let mut pages = server.images().search().limit(2).pages();
    pages.try_next().await.unwrap().unwrap();
    server.block_until_requests(2);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn no_page_is_lost_by_a_caller_who_does_not_wait() {
    let server = listing(7, 2);
    let mut pages = server.images().search().limit(2).pages();
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        // Asks anew each time, as a loop with `select!` does.
        match poll_fn(|context| Poll::Ready(pages.poll_next_unpin(context))).await {
            Poll::Pending => tokio::task::yield_now().await,
            Poll::Ready(None) => break,
            Poll::Ready(Some(page)) => {
                found.extend(page.unwrap().items.into_iter().map(|image| image.hash));
                cursor = (found.len() < 7).then(|| format!("after-{}", found.len()));
            }
        }
        assert_eq!(
            pages.cursor(),
            cursor.as_deref(),
            "it leads to what was not given yet"
        );
    }
    assert_eq!(found, (0..7).map(hash).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_of_any_length_are_received_one_after_the_other() {
    // Most are many times what is received at once, and each may get the memory of the one before.
    const LENGTHS: [usize; 6] = [400, 3, 700, 1, 500, 30];
    let page = |place: usize| (0..LENGTHS[place]).map(move |image| hash(1000 * place + image));
    let server = Server::respond(move |request| {
        let place: usize = offset(request).map_or(0, |offset| offset.parse().unwrap());
        let items: Vec<Value> = page(place).map(|hash| image(&hash)).collect();
        let mut body = json!({"total": 1634, "items": items});
        if place + 1 < LENGTHS.len() {
            body["cursor"] = json!((place + 1).to_string());
        }
        json(200, &body)
    });
    let pages: Vec<_> = server
        .images()
        .search()
        .limit(1)
        .pages()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages.len(), LENGTHS.len());
    for (place, found) in pages.into_iter().enumerate() {
        let found = found.items.into_iter().map(|image| image.hash);
        assert!(found.eq(page(place)), "page {place}");
    }
}

#[tokio::test]
async fn what_numbers_do_not_reach_comes_page_by_page() {
    // The last page would end at 10,500, and no range of dates has this order.
    let server = listing(9_500, 1_500);
    let search = server.images().search().sort(field::SIZE.descending());
    let mut pages = search.limit(1_500).concurrency(4).pages();
    pages.try_next().await.unwrap().unwrap();
    wait_for(&server, 2).await;
    let asked: Vec<_> = server.requests().iter().map(offset).collect();
    assert_eq!(asked, [None, Some("after-1500".to_owned())]);

    // Nor from a cursor on, nor for who reads no page ahead.
    for (by_cursor, expected) in [(true, 2), (false, 1)] {
        let server = listing(11, 2);
        let search = server.images().search().limit(2).concurrency(4);
        let search = if by_cursor {
            search.cursor("after-2")
        } else {
            search.read_ahead(false)
        };
        let mut pages = search.pages();
        pages.try_next().await.unwrap().unwrap();
        wait_for(&server, expected).await;
        assert_eq!(server.requests().len(), expected);
        drop(pages);
    }
}

#[tokio::test]
async fn a_page_that_fails_ends_the_list_after_those_before_it() {
    let server = Server::respond(|request| match offset(request).as_deref() {
        Some("4") => reply(404, "gone"),
        from => {
            let from: usize = from.map_or(0, |from| from.parse().unwrap());
            let items: Vec<Value> = (from..from + 2)
                .map(|number| image(&hash(number)))
                .collect();
            json(200, &json!({"total": 8, "items": items}))
        }
    });
    let mut images = server.images().search().limit(2).concurrency(3).stream();
    for number in 0..4 {
        assert_eq!(images.try_next().await.unwrap().unwrap().hash, hash(number));
    }
    assert_eq!(images.try_next().await.unwrap_err().status().unwrap(), 404);
    assert!(images.next().await.is_none());
}

/// Pages by the cursor of the request, the empty one for the first.
fn by_cursor(page: impl Fn(&str) -> Value + Send + Sync + 'static) -> Server {
    Server::respond(move |request| json(200, &page(offset(request).as_deref().unwrap_or_default())))
}

fn images(numbers: std::ops::Range<usize>) -> Vec<Value> {
    numbers.map(|number| image(&hash(number))).collect()
}

#[tokio::test]
async fn cursors_that_lead_in_a_circle_are_an_error() {
    // The start, then A, B, A, B and so on.
    let circle = |total: usize| {
        by_cursor(move |cursor| {
            let (from, next) = match cursor {
                "" => (0, "a"),
                "a" => (2, "b"),
                _ => (4, "a"),
            };
            json!({"total": total, "items": images(from..from + 2), "cursor": next, "links": {}})
        })
    };
    for read_ahead in [true, false] {
        let server = circle(100);
        let search = server.images().search().limit(2).read_ahead(read_ahead);
        let mut pages = search.pages();
        for _ in 0..3 {
            assert_eq!(pages.try_next().await.unwrap().unwrap().items.len(), 2);
        }
        let error = pages.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("does not end"), "{error}");
        assert!(pages.next().await.is_none());
        assert_eq!(server.requests().len(), 3, "no page is requested twice");
    }

    // Where all that matches was read, it is the end.
    let server = circle(6);
    let all: Vec<_> = server
        .images()
        .search()
        .limit(2)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!((all.len(), server.requests().len()), (6, 3));

    // A link back to the start is a circle, too.
    let server = by_cursor(|cursor| {
        let next = if cursor.is_empty() { "2" } else { "0" };
        let href = format!("/sourceimages/acme?offset={next}");
        json!({"total": 9, "items": images(0..2), "links": {"next": {"href": href}}})
    });
    let outcome: Result<Vec<_>, _> = server
        .images()
        .search()
        .limit(2)
        .stream()
        .try_collect()
        .await;
    assert!(outcome.unwrap_err().to_string().contains("does not end"));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_short_page_is_not_the_end_where_total_and_link_go_on() {
    let link =
        |offset: &str| json!({"next": {"href": format!("/sourceimages/acme?offset={offset}")}});
    // The second page is short, by cursor and by link.
    for by_link in [false, true] {
        let server = by_cursor(move |cursor| {
            let (numbers, next) = match cursor {
                "" => (0..3, "3"),
                "3" => (3..4, "6"),
                _ => (6..8, ""),
            };
            let mut page = json!({"total": 8, "items": images(numbers)});
            if !next.is_empty() {
                page["links"] = link(next);
                if !by_link {
                    page["cursor"] = json!(next);
                }
            }
            page
        });
        let found: Vec<_> = server
            .images()
            .search()
            .limit(3)
            .stream()
            .try_collect()
            .await
            .unwrap();
        let found: Vec<_> = found.into_iter().map(|image| image.hash).collect();
        let expected: Vec<_> = [0, 1, 2, 3, 6, 7].map(hash).into();
        assert_eq!(found, expected);
    }

    // By the total alone, or by the link alone, it is.
    for (total, links) in [(5, json!({})), (2, link("9"))] {
        let body = json!({"total": total, "items": images(0..2), "links": links, "cursor": "a"});
        let server = Server::exactly([json(200, &body)]);
        let found: Vec<_> = server
            .images()
            .search()
            .limit(3)
            .stream()
            .try_collect()
            .await
            .unwrap();
        assert_eq!((found.len(), server.requests().len()), (2, 1));
    }
}

#[tokio::test]
async fn a_short_page_costs_none_of_those_side_by_side() {
    // The page at 2 has one image instead of two.
    let server = by_cursor(|offset| {
        let from = offset.parse().unwrap_or(0);
        let until = if from == 2 { 3 } else { from + 2 }.min(9);
        json!({"total": 9, "items": images(from..until)})
    });
    let search = server.images().search().limit(2).concurrency(3);
    let found: Vec<_> = search.stream().try_collect().await.unwrap();
    let found: Vec<_> = found.into_iter().map(|image| image.hash).collect();
    assert_eq!(found, (0..9).map(hash).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_total_that_is_missing_ends_no_list() {
    for concurrency in [1, 3] {
        let server = by_cursor(|cursor| {
            let from: usize = cursor.parse().unwrap_or(0);
            let until = (from + 2).min(5);
            json!({"items": images(from..until), "cursor": until.to_string(), "links": null})
        });
        let search = server.images().search().limit(2).concurrency(concurrency);
        let found: Vec<_> = search.stream().try_collect().await.unwrap();
        assert_eq!(found.len(), 5);
    }
}

#[tokio::test]
async fn a_stream_of_empty_pages_is_refused() {
    let server = Server::exactly([]);
    let error = server.images().search().limit(0).stream().try_next().await;
    let error = error.unwrap_err();
    assert!(
        error.is_invalid_input() && error.to_string().contains("a limit of 0"),
        "{error}"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_item_that_cannot_be_decoded_costs_no_other() {
    let odd = json!({"hash": {"of": "another shape"}, "name": "odd.jpg"});
    let nameless = json!({"name": "nameless.jpg"});
    let pages = |server: &Server| server.images().search().limit(4);
    let first = json!({
        "total": 7, "cursor": "next", "links": [],
        "items": [image(&hash(0)), odd, image(&hash(1)), null],
    });
    let second = json!({
        "total": 7, "facets": [],
        "items": [nameless, image(&hash(2)), {"hash": hash(3), "width": "640", "size": 1e3}],
    });
    let server = Server::exactly([json(200, &first), json(200, &second)]);
    let page = pages(&server).await.unwrap();
    assert_eq!((page.total, page.cursor.as_deref()), (7, Some("next")));
    let hashes: Vec<_> = page.items.iter().map(|image| image.hash.clone()).collect();
    assert_eq!(hashes, [hash(0), hash(1)]);
    let places: Vec<_> = page.undecodable.iter().map(|item| item.position).collect();
    assert_eq!(places, [1, 3]);
    let item = &page.undecodable[0];
    assert_eq!(serde_json::from_str::<Value>(&item.json).unwrap(), odd);
    assert!(
        item.reason.contains("invalid type: map, expected a string"),
        "{}",
        item.reason
    );

    // A stream has each in its place.
    let server = Server::exactly([json(200, &first), json(200, &second)]);
    let found: Vec<_> = pages(&server).stream().collect().await;
    let shown: Vec<_> = found
        .iter()
        .map(|item| {
            item.as_ref()
                .map(|image| image.hash.clone())
                .map_err(rokka::Error::kind)
        })
        .collect();
    let odd_one = Err(ErrorKind::Decode);
    assert_eq!(
        shown,
        [
            Ok(hash(0)),
            odd_one.clone(),
            Ok(hash(1)),
            odd_one.clone(),
            odd_one,
            Ok(hash(2)),
            Ok(hash(3))
        ]
    );
    let error = found[4].as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "listSourceImages: 200: item 0 of the list cannot be decoded: missing field `hash` at line 1 column 23"
    );
    assert_eq!(error.body(), Some(nameless.to_string().as_bytes()));
    assert_eq!(error.attempts(), 1);
    let last = found[6].as_ref().unwrap();
    assert_eq!((last.width, last.size), (640, 1000));

    // What has no place for it says so, and an odd page is still an error of the page.
    let server = Server::exactly([json(200, &second), json(200, &json!({"items": {"a": 1}}))]);
    let found = server
        .images()
        .get_by_binary_hash("c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00")
        .await;
    assert_eq!(found.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(pages(&server).await.unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn no_key_shows_in_an_item_that_cannot_be_decoded() {
    let key = "s3cretkey0000000000000000000000000000000000";
    let body = json!({"total": 1, "items": [{"note": key, "name": {"key": key}}]});
    let server = Server::exactly([
        json(200, &body),
        json(200, &json!({"total": 1, "items": [{"api_key": "other"}]})),
    ]);
    let client = rokka::Client::builder()
        .api_host(server.url())
        .api_key(key)
        .build()
        .unwrap();
    let page = client
        .source_images("acme")
        .unwrap()
        .search()
        .await
        .unwrap();
    let shown = format!("{:?}", page.undecodable);
    assert!(
        shown.contains("[redacted]") && !shown.contains(key),
        "{shown}"
    );
    // Other keys may be in the lists that can have some.
    let members = client.memberships("acme").unwrap().list().await.unwrap();
    let shown = format!("{:?}", members.undecodable);
    assert!(!shown.contains("other"), "{shown}");
}

#[tokio::test]
async fn dates_that_the_service_cannot_read_are_refused() {
    let server = Server::exactly([]);
    for year in [
        "+10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00+01:00",
    ] {
        for filter in [
            field::CREATED.equals(year),
            field::CREATED.since(year),
            field::user_date("taken").before(year),
        ] {
            let error = server.images().search().filter(filter).await.unwrap_err();
            assert!(error.to_string().contains("years 0 to 9999"), "{error}");
        }
    }
    let between = field::CREATED.between("2026-01-01T00:00:00Z", "+10000-01-01T00:00:00Z");
    assert!(server.images().search().filter(between).await.is_err());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_bulk_deletion_whose_search_fails_says_so_last() {
    let server = Server::respond(|request| match (request.method.as_str(), offset(request)) {
        ("DELETE", _) => reply(204, ""),
        (_, None) => json(
            200,
            &json!({"total": 4, "items": images(0..2), "cursor": "a"}),
        ),
        _ => reply(404, "gone"),
    });
    let bulk = server
        .images()
        .bulk()
        .delete(server.images().search().limit(2));
    let results: Vec<_> = bulk.concurrency(1).collect().await;
    let shown: Vec<_> = results
        .iter()
        .map(|item| (item.position, item.id.clone(), item.result.is_ok()))
        .collect();
    assert_eq!(
        shown,
        [
            (0, hash(0), true),
            (1, hash(1), true),
            (2, String::new(), false)
        ]
    );
    let methods: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(
        methods,
        ["GET", "GET", "DELETE", "DELETE"],
        "all is found first"
    );
}

#[tokio::test]
async fn each_copy_of_a_batch_has_its_own_outcome() {
    let (one, two) = (
        format!("3f9a21{}", "a".repeat(34)),
        format!("3f9a21b{}", "b".repeat(33)),
    );
    let table = [
        // The short hash of one image is the beginning of another's.
        (
            json!({"created": [two], "existing": [one]}),
            vec!["3f9a21", "3f9a21b"],
            vec![Copied::Existing, Copied::Created],
        ),
        (
            json!({"existing": [one], "notfound": ["3f9a21b"]}),
            vec!["3F9A21B", "3f9a21"],
            vec![Copied::NotFound, Copied::Existing],
        ),
        // What the service does not mention is not taken for another image.
        (
            json!({"created": [two]}),
            vec!["3f9a21", two.as_str()],
            vec![Copied::Unmentioned, Copied::Created],
        ),
        (
            json!({"created": [one]}),
            vec![one.as_str(), one.as_str()],
            vec![Copied::Created, Copied::Created],
        ),
    ];
    for (body, hashes, expected) in table {
        let server = Server::exactly([json(200, &body)]);
        let hashes: Vec<String> = hashes.into_iter().map(str::to_owned).collect();
        let copies: Vec<_> = server
            .images()
            .bulk()
            .copy(hashes, "backup")
            .collect()
            .await;
        let outcomes: Vec<_> = copies
            .into_iter()
            .map(|item| item.result.unwrap())
            .collect();
        assert_eq!(outcomes, expected, "{body}");
    }
}

#[cfg(feature = "testing")]
mod emulated {
    use rokka::testing::EmulatorExt;

    use super::*;

    async fn names(images: &rokka::SourceImages) -> Vec<String> {
        let found: Vec<_> = images.search().stream().try_collect().await.unwrap();
        found.into_iter().map(|image| image.hash).collect()
    }

    /// An offset leaves what comes before it, whatever the deletions move.
    #[tokio::test]
    async fn a_bulk_deletion_deletes_what_its_search_found() {
        for concurrency in [1, 4] {
            let emulator = rokka::testing::Emulator::start().await;
            emulator.seed_images("acme", 95);
            let images = emulator.source_images().unwrap();
            let before = names(&images).await;
            let search = images.search().limit(10).offset(5).concurrency(concurrency);
            let results: Vec<_> = images.bulk().delete(search).collect().await;
            assert_eq!(results.len(), 90);
            assert!(results.iter().all(|item| item.result.is_ok()));
            assert_eq!(names(&images).await, before[..5], "with {concurrency}");
        }
    }

    #[tokio::test]
    async fn a_bulk_deletion_reaches_beyond_the_window_of_numbers() {
        let emulator = rokka::testing::Emulator::start().await;
        emulator.seed_images("acme", 10_040);
        let images = emulator.source_images().unwrap();
        let search = images.search().limit(20).offset(9_950);
        let results: Vec<_> = images.bulk().delete(search).collect().await;
        assert!(results.iter().all(|item| item.result.is_ok()));
        assert_eq!(results.len(), 90);
        assert_eq!(images.search().limit(0).await.unwrap().total, 9_950);
    }

    /// As they were imported: thousands of images in a second, minutes or years apart.
    #[tokio::test]
    async fn ranges_of_dates_find_what_a_cursor_finds() {
        let emulator = rokka::testing::Emulator::start().await;
        let minute = Duration::from_secs(60);
        let start = SystemTime::UNIX_EPOCH + 26_000_000 * minute;
        // Each time, the images that are there already are stored again.
        for import in 0..7_u32 {
            let years = 500_000 * minute * (import / 3);
            emulator.set_clock(start + years + import * minute);
            emulator.seed_images("acme", 1_500 * (7 - import as usize));
        }
        let images = emulator.source_images().unwrap();
        let expected = names(&images).await;
        assert_eq!(expected.len(), 10_500);
        let before = emulator.requests().len();
        let search = images.search().limit(2000).concurrency(4);
        let found: Vec<_> = search.clone().stream().try_collect().await.unwrap();
        let found: Vec<_> = found.into_iter().map(|image| image.hash).collect();
        assert_eq!(found, expected);
        let ranges = emulator.requests();
        let ranges = ranges.iter().skip(before).filter(|request| {
            let range = request.query.iter().any(|(name, _)| name == "created");
            range
                && request
                    .query
                    .iter()
                    .any(|(name, value)| name == "limit" && value == "2000")
        });
        assert!(ranges.count() > 4);
    }
}
