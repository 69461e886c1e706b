//! Plans: what has to change so that the stacks of an organization are those of the definitions.

use std::collections::{HashMap, HashSet};
use std::fmt;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::api::types::{OrganizationName, Stack, StackDefinition, StackName};
use crate::call::{CallParts, call};
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::names::stack_name;
use crate::transport::Session;

use super::apply::ApplyPlan;
use super::difference::{StackDifference, differences, one_line};
use super::list::ListStacks;
use super::rules::StackRules;

/// The number of stacks that are read concurrently.
const CONCURRENCY: usize = 8;

/// Compares definitions with the stored stacks; returns a [`StackPlan`]. Returned by [`Stacks::plan`](super::Stacks::plan).
#[derive(Clone, Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct PlanStacks {
    call: CallParts,
    organization: OrganizationName,
    definitions: Vec<(String, StackDefinition)>,
    rules: StackRules,
    prune: bool,
}

impl PlanStacks {
    #[inline]
    pub(super) fn new(
        call: CallParts,
        organization: OrganizationName,
        definitions: Vec<(String, StackDefinition)>,
    ) -> Self {
        Self {
            call,
            organization,
            definitions,
            rules: StackRules::new(),
            prune: false,
        }
    }

    /// Deletes the stacks that have no definition (default: they are [kept](StackAction::Keep)).
    ///
    /// Never deletes a stack that another one of the definitions uses, nor one whose name starts with `_`.
    pub fn prune(mut self) -> Self {
        self.prune = true;
        self
    }

    /// Accepts operations and options that this crate does not know (default: the call fails).
    pub fn allow_unknown(mut self) -> Self {
        self.rules = self.rules.allow_unknown();
        self
    }

    /// Checks the definitions by these rules (default: [`StackRules::new`]).
    #[inline]
    pub fn rules(mut self, rules: StackRules) -> Self {
        self.rules = rules;
        self
    }

    async fn run(self, session: Session) -> Result<StackPlan> {
        self.check()?;
        let list = ListStacks::new(self.call.clone(), self.organization.clone());
        let stored: Vec<Stack> = list.stream().try_collect().await?;
        let mut stacks = self.compared(stored);
        let changing = stacks.iter().filter(|stack| stack.is_change());
        let changing: Vec<String> = changing
            .filter(|stack| stack.stored.is_some())
            .map(|stack| stack.name.clone())
            .collect();
        // A list may leave parts out, and what is overwritten must be what was shown.
        let organization = &self.organization;
        let mut current: HashMap<String, Option<Stack>> = stream::iter(changing)
            .map(|name| {
                let (session, organization) = (session.clone(), organization.clone());
                async move {
                    let stack = read(&session, &organization, &stack_name(&name)?).await?;
                    Ok::<_, Error>((name, stack))
                }
            })
            .buffer_unordered(CONCURRENCY)
            .try_collect()
            .await?;
        for stack in &mut stacks {
            if let Some(current) = current.remove(&stack.name) {
                stack.compare(current);
            }
        }
        // Both are gone by now, or never were.
        stacks.retain(|stack| stack.definition.is_some() || stack.stored.is_some());
        Ok(StackPlan {
            call: self.call,
            organization: self.organization,
            stacks,
        })
    }

    /// Fails for definitions that cannot be stored, all of them at once.
    #[inline]
    fn check(&self) -> Result<()> {
        let mut names = HashSet::new();
        let mut faults = Vec::new();
        for (name, definition) in &self.definitions {
            stack_name(name)?;
            if !names.insert(name) {
                return Err(Error::invalid(format!(
                    "the stack `{name}` has two definitions: remove one"
                )));
            }
            if let Err(error) = self.rules.check(definition) {
                faults.push(format!("stack `{name}`: {}", error.message()));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(faults.join("; ")))
        }
    }

    /// Compares the definitions with the list, in the order in which they have to be stored and deleted.
    #[inline]
    fn compared(&self, stored: Vec<Stack>) -> Vec<PlannedStack> {
        let mut rest: HashMap<String, Stack> = HashMap::new();
        for stack in stored {
            rest.insert(stack.name.clone(), stack);
        }
        let mut planned = Vec::new();
        let defined = self.definitions.iter();
        let defined = defined.map(|(name, definition)| (name.clone(), definition.clone()));
        for (name, definition) in ordered(defined.collect(), used_stacks) {
            let stack = rest.remove(&name);
            let definition = Some(definition.without_stored_keys());
            planned.push(PlannedStack::new(name, definition, stack, false));
        }
        let users = |name: &str| {
            let mut users = self.definitions.iter();
            let user = users.find(|(_, definition)| used_stacks(definition).contains(&name));
            user.map(|(user, _)| user.clone())
        };
        let mut undefined: Vec<(String, Stack)> = rest.into_iter().collect();
        undefined.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut undefined = ordered(undefined, used_stacks_of);
        // The stacks that others use go last.
        undefined.reverse();
        for (name, stack) in undefined {
            let user = users(&name);
            let temporary = name.starts_with('_') || stack_name(&name).is_err();
            let delete = self.prune && !temporary && user.is_none();
            let mut stack = PlannedStack::new(name, None, Some(stack), delete);
            stack.used_by = user;
            planned.push(stack);
        }
        planned
    }
}

call!(PlanStacks => StackPlan);

/// Reads a stack; `None` if there is none.
pub(super) async fn read(
    session: &Session,
    organization: &OrganizationName,
    name: &StackName,
) -> Result<Option<Stack>> {
    let response = session.api().get_stack(organization, name).await;
    match session.value(response) {
        Ok(stack) => Ok(Some(stack.into_inner())),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether two stored stacks have the same definition. What this crate does not know may be something that the
/// service counts, so it does not matter here.
#[inline]
pub(super) fn is_unchanged(before: &Stack, now: &Stack) -> bool {
    let known = |stack: &Stack| StackDefinition {
        extra: Extra::default(),
        ..StackDefinition::from(stack)
    };
    differences(&known(before), &known(now)).is_empty()
}

/// The names of the stacks that a definition uses: the one that runs before it, and those of its compositions.
#[inline]
fn used_stacks(definition: &StackDefinition) -> Vec<&str> {
    let options = definition.options.iter();
    let overridden = definition.expressions.iter();
    let overridden = overridden.filter_map(|expression| expression.overrides.options.as_ref());
    let base = options
        .chain(overridden)
        .filter_map(|options| options.get("basestack"));
    let operations = definition.operations.iter();
    let composed = operations
        .filter_map(|operation| operation.options.as_ref())
        .filter_map(|options| options.0.get("secondary_stack"));
    base.chain(composed)
        .filter_map(serde_json::Value::as_str)
        .collect()
}

#[inline]
fn used_stacks_of(stack: &Stack) -> Vec<&str> {
    let base = stack.stack_options.get("basestack");
    let operations = stack.stack_operations.iter();
    let composed = operations
        .filter_map(|operation| operation.options.as_ref())
        .filter_map(|options| options.0.get("secondary_stack"));
    base.into_iter()
        .chain(composed)
        .filter_map(serde_json::Value::as_str)
        .collect()
}

/// Orders stacks so that each follows those that it uses; otherwise, and for those that use each other, the order stays.
fn ordered<T>(stacks: Vec<(String, T)>, bases: impl Fn(&T) -> Vec<&str>) -> Vec<(String, T)> {
    let mut waiting: HashSet<String> = stacks.iter().map(|(name, _)| name.clone()).collect();
    let mut rest = stacks;
    let mut done = Vec::new();
    while !rest.is_empty() {
        let is_ready = |(name, stack): &(String, T)| {
            let mut bases = bases(stack).into_iter();
            bases.all(|base| base == name || !waiting.contains(base))
        };
        // Each round takes all that are ready, so there are only as many rounds as stacks follow one another.
        let (mut ready, mut others): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_ready);
        if ready.is_empty() {
            ready.push(others.remove(0));
        }
        for (name, _) in &ready {
            waiting.remove(name);
        }
        done.append(&mut ready);
        rest = others;
    }
    done
}

/// What has to change so that the stacks of an organization are those of the definitions; returned by
/// [`Stacks::plan`](super::Stacks::plan).
///
/// `Display` writes it for people, several lines: what each stack lacks (`+`), has too much (`-`) and has otherwise (`~`).
///
/// ```
/// # #[cfg(feature = "testing")]
/// # async fn f() -> rokka::Result<()> {
/// use rokka::StackDefinition;
/// use rokka::stacks::operations::Resize;
/// use rokka::testing::{Emulator, EmulatorExt};
///
/// let emulator = Emulator::start().await;
/// let stacks = emulator.client()?.stacks("acme")?;
/// stacks.create("card", StackDefinition::new().operation(Resize::to_width(300))).await?;
///
/// let card = StackDefinition::new().operation(Resize::to_width(400)).option("jpg.quality", 80);
/// let plan = stacks.plan([("card", card)]).await?;
/// assert_eq!(
///     plan.to_string(),
///     "Stacks of acme: 1 to change, 0 unchanged\n\
///      ~ card\n    \
///      ~ operations[0].options.width (resize): 300 → 400\n    \
///      + options.jpg.quality: 80\n",
/// );
/// # Ok(())
/// # }
/// # #[cfg(feature = "testing")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(f()).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a plan changes nothing before it is applied"]
pub struct StackPlan {
    call: CallParts,
    organization: OrganizationName,
    stacks: Vec<PlannedStack>,
}

impl StackPlan {
    /// Returns what is planned for each stack: first those of the definitions, each after the stacks that it uses, then the
    /// others.
    ///
    /// ```
    /// # fn f(plan: rokka::stacks::StackPlan) {
    /// use rokka::stacks::StackAction;
    ///
    /// let deleted = plan.stacks().iter().filter(|stack| stack.action == StackAction::Delete);
    /// println!("{} stacks will be deleted", deleted.count());
    /// # }
    /// ```
    #[must_use]
    pub fn stacks(&self) -> &[PlannedStack] {
        &self.stacks
    }

    /// Returns whether there is nothing to create, change or delete.
    ///
    /// ```
    /// # fn f(plan: rokka::stacks::StackPlan) {
    /// if !plan.is_empty() {
    ///     print!("{plan}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.stacks.iter().any(PlannedStack::is_change)
    }

    /// Applies the plan; returns a stream with the result of each stack that changes, one after the other. [`ApplyPlan`]
    /// describes it.
    ///
    /// ```no_run
    /// # async fn f(plan: rokka::stacks::StackPlan) -> rokka::Result<()> {
    /// use futures_util::StreamExt;
    ///
    /// let mut results = plan.apply();
    /// while let Some(applied) = results.next().await {
    ///     match applied.result {
    ///         Ok(_) => println!("{}: {}", applied.name, applied.action),
    ///         Err(error) => eprintln!("{}: {error}", applied.name),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn apply(self) -> ApplyPlan {
        let changes = self.stacks.into_iter().filter(PlannedStack::is_change);
        ApplyPlan::new(self.call, self.organization, changes.collect())
    }

    fn count(&self, action: StackAction) -> usize {
        let stacks = self.stacks.iter();
        stacks.filter(|stack| stack.action == action).count()
    }
}

impl fmt::Display for StackPlan {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stacks of {}: ", self.organization.as_str())?;
        for (action, text) in [
            (StackAction::Create, "to create"),
            (StackAction::Update, "to change"),
            (StackAction::Delete, "to delete"),
            (StackAction::Keep, "without a definition"),
        ] {
            match self.count(action) {
                0 => {}
                count => write!(f, "{count} {text}, ")?,
            }
        }
        writeln!(f, "{} unchanged", self.count(StackAction::Unchanged))?;
        let unchanged = |stack: &&PlannedStack| stack.action != StackAction::Unchanged;
        for stack in self.stacks.iter().filter(unchanged) {
            writeln!(f, "{stack}")?;
        }
        Ok(())
    }
}

/// What a plan does with a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StackAction {
    /// Creates it: there is none of its name.
    Create,
    /// Overwrites it: it differs from its definition. Caches keep serving previous renderings until they are
    /// [invalidated](super::Stacks::invalidate_cache).
    Update,
    /// Nothing: it is as its definition says.
    Unchanged,
    /// Deletes it, because it has no definition: see [`PlanStacks::prune`].
    Delete,
    /// Nothing, although it has no definition.
    Keep,
}

/// Writes `create`, `change`, `unchanged`, `delete` or `keep`.
impl fmt::Display for StackAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Update => "change",
            Self::Unchanged => "unchanged",
            Self::Delete => "delete",
            Self::Keep => "keep",
        })
    }
}

/// What a [`StackPlan`] does with one stack.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlannedStack {
    /// The name of the stack.
    pub name: String,
    /// What applying the plan does.
    pub action: StackAction,
    /// What a stack that is created has, or how a stack that is changed differs; empty otherwise.
    pub differences: Vec<StackDifference>,
    pub(super) definition: Option<StackDefinition>,
    /// The stack as it was when the plan was made.
    pub(super) stored: Option<Stack>,
    /// The stack that uses this one, which has no definition.
    used_by: Option<String>,
}

impl PlannedStack {
    #[inline]
    fn new(
        name: String,
        definition: Option<StackDefinition>,
        stored: Option<Stack>,
        delete: bool,
    ) -> Self {
        let mut planned = Self {
            name,
            action: if delete {
                StackAction::Delete
            } else {
                StackAction::Keep
            },
            differences: Vec::new(),
            definition,
            stored: None,
            used_by: None,
        };
        planned.compare(stored);
        planned
    }

    /// Compares the definition with the stored stack.
    #[inline]
    fn compare(&mut self, stored: Option<Stack>) {
        self.stored = stored;
        let Some(definition) = &self.definition else {
            return;
        };
        let before = self.stored.as_ref().map(StackDefinition::from);
        self.differences = differences(&before.unwrap_or_default(), definition);
        self.action = match &self.stored {
            None => StackAction::Create,
            Some(_) if self.differences.is_empty() => StackAction::Unchanged,
            Some(_) => StackAction::Update,
        };
    }

    fn is_change(&self) -> bool {
        matches!(
            self.action,
            StackAction::Create | StackAction::Update | StackAction::Delete
        )
    }
}

/// Writes the name, and each difference on a line of its own.
impl fmt::Display for PlannedStack {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.action {
            StackAction::Create => '+',
            StackAction::Update => '~',
            StackAction::Delete => '-',
            StackAction::Unchanged => '=',
            StackAction::Keep => '?',
        };
        write!(f, "{sign} {}", one_line(&self.name))?;
        match (self.action, &self.used_by) {
            (StackAction::Keep, Some(user)) => {
                write!(f, " (kept: it has no definition, but `{user}` uses it)")?;
            }
            (StackAction::Keep, None) => f.write_str(" (kept: it has no definition)")?,
            _ => {}
        }
        for difference in &self.differences {
            write!(f, "\n    {difference}")?;
            let is_on = difference.after == Some(serde_json::Value::Bool(true));
            if self.action == StackAction::Update
                && difference.place == "options.protected"
                && is_on
            {
                f.write_str(" (the service refuses this for an existing stack: use a new name)")?;
            }
        }
        Ok(())
    }
}
