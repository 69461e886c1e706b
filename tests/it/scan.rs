//! Searches of more images than offsets reach, read by ranges of `created`.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future as _, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use crate::support::{Gate, RecordedRequest, Reply, Server, reply};
use futures_util::{StreamExt, TryStreamExt};
use rokka::field::{self, Filter, Sort};
use rokka::{ErrorKind, Images, Search};

const WINDOW: usize = 10_000;

/// An organization whose images have a time in milliseconds, and a number.
#[derive(Clone, Default)]
struct Organization(Arc<Mutex<BTreeSet<(i64, usize)>>>);

type Parameters = BTreeMap<String, String>;

fn parameters(request: &RecordedRequest) -> Parameters {
    let (_, query) = request.target.split_once('?').unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn text(milliseconds: i64) -> String {
    let time = chrono::DateTime::from_timestamp(milliseconds.div_euclid(1000), 0).unwrap();
    time.format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

fn milliseconds(quoted: &str) -> i64 {
    let text = quoted
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    let time = chrono::DateTime::parse_from_rfc3339(text.unwrap()).unwrap();
    time.timestamp_millis()
}

/// Whether a time is in a range as the service writes it.
fn is_in(range: &str, time: i64) -> bool {
    let (low, high) = range.split_once(',').unwrap();
    let (high, last) = high.split_at(high.len() - 1);
    let after_low = match (&low[..1], &low[1..]) {
        ("{", "") => true,
        ("[", low) => time >= milliseconds(low),
        ("{", low) => time > milliseconds(low),
        _ => panic!("{range}"),
    };
    let before_high = match (last, high) {
        ("}", "") => true,
        ("]", high) => time <= milliseconds(high),
        ("}", high) => time < milliseconds(high),
        _ => panic!("{range}"),
    };
    after_low && before_high
}

impl Organization {
    fn new(times: impl IntoIterator<Item = i64>) -> Self {
        let images = times.into_iter().enumerate();
        let images = images.map(|(number, time)| (time, number)).collect();
        Self(Arc::new(Mutex::new(images)))
    }

    fn add(&self, time: i64, number: usize) {
        self.0.lock().unwrap().insert((time, number));
    }

    fn remove(&self, number: usize) {
        self.0.lock().unwrap().retain(|image| image.1 != number);
    }

    /// The numbers of all images, newest first.
    fn newest_first(&self) -> Vec<usize> {
        let images = self.0.lock().unwrap();
        images.iter().rev().map(|image| image.1).collect()
    }

    /// Replies as the service does: cursors from the first page on, and none on a page by offset.
    fn page(&self, parameters: &Parameters) -> Reply {
        let images = self.0.lock().unwrap();
        let matching = images.iter().filter(|(time, number)| {
            parameters
                .get("created")
                .is_none_or(|range| is_in(range, *time))
                && parameters
                    .get("format")
                    .is_none_or(|format| format == formats(*number))
        });
        let mut found: Vec<_> = matching.copied().collect();
        if parameters
            .get("sort")
            .is_none_or(|sort| sort.starts_with("created desc"))
        {
            found.reverse();
        }
        let limit: usize = parameters
            .get("limit")
            .map_or(100, |limit| limit.parse().unwrap());
        let offset = parameters.get("offset").map_or("0", String::as_str);
        let (from, by_cursor) = match offset.parse::<usize>() {
            Ok(offset) if offset + limit > WINDOW => return reply(400, "beyond the window"),
            Ok(offset) => (offset, offset == 0),
            Err(_) => {
                let (time, number) = offset.split_once('_').unwrap();
                let last = (time.parse().unwrap(), number.parse().unwrap());
                let newest_first = found.is_sorted_by(|one, next| one >= next);
                let before = |image: &(i64, usize)| {
                    if newest_first {
                        *image >= last
                    } else {
                        *image <= last
                    }
                };
                (found.partition_point(before), true)
            }
        };
        let until = found.len().min(from + limit);
        let items = found.get(from..until).unwrap_or_default();
        let written: Vec<String> = items
            .iter()
            .map(|(time, number)| written(*time, *number))
            .collect();
        let cursor = match items.last() {
            Some((time, number)) if by_cursor => format!(r#","cursor":"{time}_{number}""#),
            _ => String::new(),
        };
        let facets = match parameters.get("facets") {
            Some(field) => format!(
                r#","facets":{{"{field}":[{{"value":"all","count":{}}}]}}"#,
                found.len()
            ),
            None => String::new(),
        };
        reply(
            200,
            format!(
                r#"{{"total":{},"items":[{}],"links":{{}}{cursor}{facets}}}"#,
                found.len(),
                written.join(",")
            ),
        )
        .header("content-type", "application/json")
    }

    fn server(&self) -> Server {
        let organization = self.clone();
        Server::respond(move |request| organization.page(&parameters(request)))
    }
}

fn formats(number: usize) -> &'static str {
    if number.is_multiple_of(3) {
        "png"
    } else {
        "jpg"
    }
}

fn written(time: i64, number: usize) -> String {
    let hash = format!("{number:040x}");
    format!(
        r#"{{"hash":"{hash}","short_hash":"{}","binary_hash":"{hash}","created":"{}","name":"{number}.jpg","mimetype":"image/jpeg","format":"{}","size":1,"width":1,"height":1,"organization":"acme"}}"#,
        &hash[34..],
        text(time),
        formats(number),
    )
}

fn number(image: &rokka::SourceImage) -> usize {
    usize::from_str_radix(&image.hash, 16).unwrap()
}

async fn all(images: Images) -> Vec<usize> {
    let images: Vec<_> = images.try_collect().await.unwrap();
    images.iter().map(number).collect()
}

/// The requests for pages within ranges: neither the first page, nor counts, nor the search for the last image.
fn pages(server: &Server) -> Vec<Parameters> {
    let requests = server.requests();
    let sent = requests.iter().map(parameters);
    sent.filter(|sent| {
        sent.contains_key("created") && !["0", "1"].contains(&sent["limit"].as_str())
    })
    .collect()
}

const DAY: i64 = 86_400_000;
const NOW: i64 = 1_700_000_000_000;

/// Some ways in which images may be distributed in time, from a seed.
fn distributions(seed: u64) -> Vec<(&'static str, Vec<i64>)> {
    let mut random = fastrand_like(seed);
    let mut below = move |limit: i64| i64::try_from(random() % limit.unsigned_abs()).unwrap();
    let even = (0..14_000).map(|number| NOW - number * 397_000);
    let random = (0..14_000).map(|_| NOW - below(4000 * DAY)).collect();
    let mut random_below = fastrand_like(seed + 1);
    let mut below = move |limit: i64| i64::try_from(random_below() % limit.unsigned_abs()).unwrap();
    // Imports of thousands of images, many a second, days or years apart.
    let mut imports = Vec::new();
    for import in 0..6 {
        let start = NOW - below(4000 * DAY);
        imports.extend((0..3_000 - 300 * import).map(|_| start + below(200_000)));
    }
    // Half of what is left in half of the time that is left.
    let growing = (0..14_000)
        .map(|_| NOW - ((1000 * DAY) >> below(20)) + below(1000))
        .collect();
    // More than offsets reach in one second, and others beside it.
    let second = (0..10_500).map(|number| NOW + number % 1000);
    let around = (0..2_500).map(|_| NOW - 30_000 + below(60_000));
    vec![
        ("even", even.collect()),
        ("random", random),
        ("imports", imports),
        ("growing", growing),
        ("one second", second.chain(around).collect()),
    ]
}

/// SplitMix64.
fn fastrand_like(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[tokio::test]
async fn every_image_comes_once_and_in_order() {
    for seed in 0..2 {
        for (name, times) in distributions(seed) {
            let organization = Organization::new(times);
            let mut expected = organization.newest_first();
            let server = organization.server();
            let search = server.images().search().limit(1999 - 600 * seed);
            let (search, order) = match seed {
                0 => (search.concurrency(8), field::CREATED.descending()),
                _ => (search.concurrency(2), field::CREATED.ascending()),
            };
            if order == field::CREATED.ascending() {
                expected.reverse();
            }
            let found = all(search.sort(order).stream()).await;
            assert_eq!(found, expected, "{name}");
            assert!(
                !pages(&server).is_empty(),
                "{name}: nothing was read by ranges"
            );
        }
    }
}

#[tokio::test]
async fn ranges_are_counted_and_their_pages_overlap_by_an_image() {
    // One image every ten seconds.
    let organization = Organization::new((0..20_000).map(|number| 10_000 * number));
    let server = organization.server();
    let search = server
        .images()
        .search()
        .filter(Filter::raw("size", "[1,}"))
        .facet("user:str:kind")
        .deleted()
        .limit(2000)
        .concurrency(4);
    let pages: Vec<_> = search.pages().try_collect().await.unwrap();
    // What belongs to a part of the list is not passed off as the whole's.
    for page in &pages[1..] {
        assert_eq!(page.total, 20_000);
        assert_eq!(page.facets["user:str:kind"][0].count, 20_000);
        assert!(page.cursor.is_none() && page.links.next.is_none());
    }
    let requests: Vec<Parameters> = server.requests().iter().map(parameters).collect();
    let line = |sent: &Parameters| {
        assert_eq!(
            (sent["size"].as_str(), sent["deleted"].as_str()),
            ("[1,}", "true")
        );
        let part = |name: &str| sent.get(name).map_or("-", String::as_str).to_owned();
        ["created", "limit", "offset", "sort", "facets"]
            .map(part)
            .join(" ")
    };
    let mut lines: Vec<String> = requests.iter().map(line).collect();
    assert_eq!(lines[0], "- 2000 - - user:str:kind");
    // The last image of the first page is the one at 180,000 s.
    assert_eq!(lines[1], "{,'1970-01-03T02:00:01Z'} 1 - created asc -");
    let mut counts = lines.split_off(2);
    let read = counts.split_off(18);
    counts.sort();
    assert_eq!(counts[0], "- 0 - - -", "all");
    assert_eq!(
        counts[1],
        "['1970-01-01T00:00:00Z','1970-01-01T03:07:30Z'} 0 - - -"
    );
    assert_eq!(
        counts[16],
        "['1970-01-02T22:52:30Z','1970-01-03T02:00:01Z'} 0 - - -"
    );
    assert_eq!(
        counts[17], "['1970-01-03T02:00:01Z',} 0 - - -",
        "the first page"
    );
    // Eight sixteenths are 9,001 images, and others 9,000: five pages of 2,000 that overlap.
    let mut read: Vec<String> = read;
    read.sort();
    let expected: Vec<String> = [
        "['1970-01-01T00:00:00Z','1970-01-02T01:00:00Z'}",
        "['1970-01-02T01:00:00Z','1970-01-03T02:00:01Z'}",
    ]
    .into_iter()
    .flat_map(|range| {
        ["-", "1999", "3998", "5997", "7996"].map(|offset| format!("{range} 2000 {offset} - -"))
    })
    .collect();
    assert_eq!(read, expected);
    let found: Vec<_> = pages
        .iter()
        .flat_map(|page| &page.items)
        .map(number)
        .collect();
    assert_eq!(found, organization.newest_first());
}

#[tokio::test]
async fn filters_of_the_caller_are_kept() {
    let organization = Organization::new((0..32_000).map(|number| NOW - number * 60_000));
    let server = organization.server();
    let search = || server.images().search().limit(1500).concurrency(6);
    let day = |day: i64| rokka::DateTime::from(text(NOW - day * DAY).as_str());
    let expected: Vec<usize> = organization.newest_first();

    let jpg = expected
        .iter()
        .copied()
        .filter(|number| formats(*number) == "jpg");
    let found = all(search().filter(field::FORMAT.equals("jpg")).stream()).await;
    assert_eq!(found, jpg.collect::<Vec<_>>());

    // 1,440 images a day.
    let table = [
        (
            field::CREATED.between(day(20), day(3)),
            3 * 1440 + 1..20 * 1440 + 1,
        ),
        (field::CREATED.since(day(20)), 0..20 * 1440 + 1),
        (field::CREATED.before(day(3)), 3 * 1440 + 1..32_000),
    ];
    for (filter, numbers) in table {
        let shown = format!("{filter:?}");
        let found = all(search().filter(filter).stream()).await;
        assert_eq!(found, numbers.collect::<Vec<_>>(), "{shown}");
    }
    let mut by_offset = pages(&server);
    by_offset.retain(|sent| sent.contains_key("offset"));
    assert!(by_offset.len() > 10);
    assert!(
        by_offset
            .iter()
            .all(|sent| sent["created"].starts_with("['"))
    );
}

/// A caller who deletes what comes, as it comes.
#[tokio::test]
async fn deletions_hide_no_image() {
    let organization = Organization::new((0..12_000).map(|number| NOW - number * 1_000));
    let expected = organization.newest_first();
    let server = organization.server();
    let mut pages = server.images().search().limit(500).concurrency(4).pages();
    let mut found = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        for image in &page.items {
            organization.remove(number(image));
            found.push(number(image));
        }
    }
    assert_eq!(found, expected);
    assert!(organization.newest_first().is_empty());
}

#[tokio::test]
async fn what_comes_and_goes_meanwhile_costs_no_other_and_nothing_comes_twice() {
    for seed in 0..2 {
        let organization = Organization::new((0..14_000).map(|number| NOW - number * 7_000));
        let mut random = fastrand_like(seed);
        let model = organization.clone();
        let gone = Arc::new(Mutex::new(BTreeSet::new()));
        let (removed, mut next) = (gone.clone(), 1_000_000);
        let random = Mutex::new(move || {
            // Any image may go, and one with any time may come, as a restored one does.
            let mut number = || usize::try_from(random() % 14_000).unwrap();
            let (lost, place) = (number(), number());
            removed.lock().unwrap().insert(lost);
            next += 1;
            (lost, NOW - i64::try_from(place).unwrap() * 7_000 - 1, next)
        });
        let server = Server::respond(move |request| {
            let sent = parameters(request);
            // After the counts, or nothing would be read by ranges.
            if sent["limit"] != "0" && sent["limit"] != "1" && sent.contains_key("created") {
                let (lost, time, number) = random.lock().unwrap()();
                model.remove(lost);
                model.add(time, number);
            }
            model.page(&sent)
        });
        let search = server.images().search().limit(800).concurrency(5);
        let found = all(search.stream()).await;
        let distinct: BTreeSet<_> = found.iter().copied().collect();
        assert_eq!(
            distinct.len(),
            found.len(),
            "seed {seed}: an image came twice"
        );
        let gone = gone.lock().unwrap();
        assert!(gone.len() > 10);
        let missing =
            (0..14_000).filter(|number| !distinct.contains(number) && !gone.contains(number));
        assert_eq!(missing.count(), 0, "seed {seed}");
    }
}

/// Follows cursors, one page after the other.
async fn follows_cursors(server: &Server, search: Search, expected: &[usize]) {
    let before = server.requests().len();
    assert_eq!(all(search.stream()).await, expected);
    for request in server.requests().iter().skip(before + 1).map(parameters) {
        assert!(
            request
                .get("offset")
                .is_some_and(|offset| offset.contains('_')),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn what_ranges_cannot_express_follows_cursors() {
    let organization = Organization::new((0..10_500).map(|number| NOW - number * 1_000));
    let expected = organization.newest_first();
    let server = organization.server();
    let search = || server.images().search().limit(2000).concurrency(4);
    // The model knows one order for all of these.
    follows_cursors(&server, search().any(), &expected).await;
    let oldest_first: Vec<_> = expected.iter().rev().copied().collect();
    follows_cursors(
        &server,
        search().sort(field::SIZE.ascending()),
        &oldest_first,
    )
    .await;
    let by_size = search().sort(Sort::raw("size asc,created asc"));
    follows_cursors(&server, by_size, &oldest_first).await;
    let filter = Filter::raw("created", "{'1970-01-01T00:00:00Z',}");
    follows_cursors(&server, search().filter(filter), &expected).await;
    let later = search().cursor(format!("{}_{}", NOW - 99_000, 99));
    follows_cursors(&server, later, &expected[100..]).await;

    // An order in the service's own syntax is known, too.
    let by_ranges = search().sort(Sort::raw("created desc,name asc"));
    assert_eq!(all(by_ranges.stream()).await, expected);
    assert!(
        !pages(&server)
            .iter()
            .all(|sent| sent["created"].starts_with('{'))
    );
}

#[tokio::test]
async fn a_service_that_counts_otherwise_is_read_by_its_cursor() {
    let organization = Organization::new((0..12_000).map(|number| NOW - number * 1_000));
    let expected = organization.newest_first();
    // It ignores ranges, or refuses them.
    for refuses in [false, true] {
        let model = organization.clone();
        let server = Server::respond(move |request| {
            let mut sent = parameters(request);
            match sent.remove("created") {
                Some(_) if refuses => reply(400, "no such field"),
                _ => model.page(&sent),
            }
        });
        let search = server.images().search().limit(2000).concurrency(4);
        assert_eq!(all(search.stream()).await, expected, "refuses: {refuses}");
        assert!(pages(&server).is_empty());
    }
}

#[tokio::test]
async fn a_failure_comes_after_the_pages_before_it_and_ends_the_list() {
    // The search for the last image, a count, and a page in the middle.
    for failing in ["created asc", "0", "999"] {
        let organization = Organization::new((0..12_000).map(|number| NOW - number * 1_000));
        let model = organization.clone();
        let server = Server::respond(move |request| {
            let sent = parameters(request);
            let fails = sent.get("sort").is_some_and(|sort| sort == failing)
                || (failing == "0" && sent["limit"] == failing)
                || sent.get("offset").is_some_and(|offset| offset == failing);
            if fails {
                reply(500, "broken")
            } else {
                model.page(&sent)
            }
        });
        let mut images = server.images().search().limit(1000).concurrency(3).stream();
        let expected = organization.newest_first();
        let mut found = Vec::new();
        let error = loop {
            match images.next().await.unwrap() {
                Ok(image) => found.push(number(&image)),
                Err(error) => break error,
            }
        };
        assert_eq!(error.status().unwrap(), 500);
        assert_eq!(error.kind(), ErrorKind::Status);
        let before = if failing == "999" { 1_999 } else { 1_000 };
        assert!(
            (before - 1..=before + 1).contains(&found.len()),
            "{failing}: {}",
            found.len()
        );
        assert_eq!(found, expected[..found.len()]);
        assert!(images.next().await.is_none());
    }
}

#[tokio::test]
async fn no_more_pages_are_requested_than_set() {
    let organization = Organization::new((0..20_000).map(|number| NOW - number * 1_000));
    let gate = Gate::new();
    let (model, closed) = (organization.clone(), gate.clone());
    let server = Server::respond(move |request| {
        let sent = parameters(request);
        let reply = model.page(&sent);
        let is_page = sent.contains_key("created") && sent["limit"] == "1000";
        if is_page { reply.after(&closed) } else { reply }
    });
    let mut list = server.images().search().limit(1000).concurrency(5).pages();
    list.try_next().await.unwrap().unwrap();
    let mut second = Box::pin(list.try_next());
    // Until all that can be sent without a page is sent.
    loop {
        let sent = server.requests().len();
        for _ in 0..20 {
            let polled = poll_fn(|context| Poll::Ready(second.as_mut().poll(context))).await;
            assert!(polled.is_pending());
            server.settle().await;
        }
        if server.requests().len() == sent {
            break;
        }
    }
    assert_eq!(pages(&server).len(), 5);
    gate.open();
    second.await.unwrap().unwrap();
    for _ in 0..5 {
        server.settle().await;
    }
    assert_eq!(
        pages(&server).len(),
        6,
        "one more for the one that was returned"
    );
}
