//! Runs the steps of a plan. It makes no choices: what runs, how, and what it needs is in the plan.

pub mod queue;
