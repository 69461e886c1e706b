//! Counts the steps of loops over untrusted input, so that tests detect quadratic ones without a clock.

/// Counts steps of the current thread. Does nothing outside tests.
#[inline]
pub(crate) fn step(steps: usize) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + steps);
    #[cfg(not(test))]
    let _ = steps;
}

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::Utc;

    use super::STEPS;
    use crate::{Candidate, Operation, RenderUrl, SigningKey, Value, add_variables};

    fn steps(work: impl FnOnce()) -> usize {
        STEPS.set(0);
        work();
        STEPS.get()
    }

    /// A name, and a function that returns a path of a size.
    type Case = (&'static str, fn(usize) -> String);

    fn many(count: usize, part: impl Fn(usize) -> String) -> String {
        (0..count).map(part).collect()
    }

    /// Asserts that doubling the input at most doubles the steps, apart from a constant.
    #[track_caller]
    fn assert_linear(what: &str, work: impl Fn(usize)) {
        let [small, large] = [1000, 2000].map(|size| steps(|| work(size)));
        assert!(small >= 1000, "{what}: {small} steps count too little");
        assert!(
            large <= 2 * small + 100,
            "{what}: {small} steps became {large}"
        );
    }

    fn parsed(path: &str) -> RenderUrl {
        RenderUrl::parse(format!("https://acme.rokka.io/{path}")).unwrap()
    }

    #[test]
    fn parsing_is_linear() {
        let paths: [Case; 13] = [
            ("options", |count| {
                format!("st/o{}/abcdef.jpg", many(count, |n| format!("-k{n:05}-1")))
            }),
            ("segments of options", |count| {
                format!("st{}/abcdef.jpg", many(count, |n| format!("/o-k{n:05}-1")))
            }),
            ("parts of options", |count| {
                format!(
                    "st/o{}/abcdef.jpg",
                    many(count, |n| format!("--o-k{n:05}-1"))
                )
            }),
            ("one option again and again", |count| {
                format!("st/o{}/abcdef.jpg", many(count, |n| format!("-k-{n:05}")))
            }),
            ("options of an operation", |count| {
                format!(
                    "dynamic/crop{}/abcdef.jpg",
                    many(count, |n| format!("-k{n:05}-1"))
                )
            }),
            ("operations", |count| {
                format!(
                    "dynamic/o-a-1{}/abcdef.jpg",
                    many(count, |_| "--crop-a-1".into())
                )
            }),
            ("overrides", |count| {
                format!("st{}/abcdef.jpg", many(count, |_| "/crop-a-1".into()))
            }),
            ("variables of the path", |count| {
                format!("st/v{}/abcdef.jpg", many(count, |n| format!("-k{n:05}-1")))
            }),
            ("variables of the query", |count| {
                let members = many(count, |n| format!("\"k{n:05}\":\"a b\","));
                format!("st/abcdef.jpg?v={{{members}\"z\":1}}")
            }),
            ("parameters of the query", |count| {
                format!(
                    "st/abcdef.jpg?{}",
                    many(count, |n| format!("k{n:05}={n:05}&"))
                )
            }),
            ("empty segments", |count| {
                format!("st/{}/abcdef.jpg", many(count, |_| "/".into()))
            }),
            ("dashes", |count| {
                format!("st{}/abcdef.jpg", many(count, |_| "/--".into()))
            }),
            ("brackets", |count| {
                let (open, close) = (many(count, |_| "[".into()), many(count, |_| "]".into()));
                format!("st/crop-width-{open}a/-b{close}/abcdef.jpg")
            }),
        ];
        for (what, path) in paths {
            assert_linear(what, |count| {
                parsed(&path(count)).url().unwrap();
            });
        }
        // Rejecting an input is linear too.
        let rejected: [Case; 2] = [
            ("brackets that are left open", |count| {
                format!("st/{}/abcdef.jpg", many(count, |_| "a-[".into()))
            }),
            ("dots", |count| {
                format!("st{}/abcdef.jpg", many(count, |_| "/.a".into()))
            }),
        ];
        for (what, path) in rejected {
            assert_linear(what, |count| {
                let url = format!("https://acme.rokka.io/{}", path(count));
                assert!(RenderUrl::parse(&url).is_err());
            });
        }
    }

    #[test]
    fn building_is_linear() {
        let names = |count: usize| (0..count).map(|n| (format!("k{n:05}"), n));
        let url = || RenderUrl::new("acme", "abcdef").unwrap().stack("st");
        assert_linear("options", |count| {
            url().options(names(count)).url().unwrap();
        });
        assert_linear("variables", |count| {
            url().variables(names(count)).url().unwrap();
        });
        assert_linear("variables that are removed", |count| {
            let gone = names(count).map(|(name, _)| (name, None::<u8>));
            let url = url().variables(names(count)).variables(gone);
            assert_eq!(url.url().unwrap(), "https://acme.rokka.io/st/abcdef.jpg");
        });
        assert_linear("one option after the other", |count| {
            let url = names(count).fold(url(), |url, (name, value)| url.option(name, value));
            url.url().unwrap();
        });
        assert_linear("options of an operation", |count| {
            let crop = names(count).fold(Operation::new("crop"), |crop, (name, value)| {
                crop.option(name, value)
            });
            url()
                .dynamic([crop.clone()])
                .override_operation(crop)
                .url()
                .unwrap();
        });
        assert_linear("variables added to a URL", |count| {
            let members = many(count, |n| format!("\"k{n:05}\":\"a b\","));
            let before = format!("https://acme.rokka.io/st/abcdef.jpg?v={{{members}\"z\":1}}");
            let values = names(count).map(|(name, value)| (name, Value::from(value)));
            add_variables(&before, values).unwrap();
        });
        assert_linear("candidates of a srcset", |count| {
            let srcset = (1..=count).fold(url().srcset(), |srcset, width| {
                let width = u32::try_from(width).unwrap();
                srcset.candidate(Candidate::width(width))
            });
            srcset.attribute().unwrap();
        });
    }

    #[test]
    fn signing_and_verifying_are_linear() {
        let key = SigningKey::from("key");
        assert_linear("parameters", |count| {
            let query = many(count, |n| format!("&k{n:05}={n:05}"));
            let signed = key.sign(&format!("/st/abcdef.jpg?{query}")).unwrap();
            assert!(key.verify(&signed, Utc::now()).is_valid());
        });
        assert_linear("signatures", |count| {
            let query = many(count, |_| "&sig=1".into());
            key.sign(&format!("/st/abcdef.jpg?{query}")).unwrap();
        });
    }
}
