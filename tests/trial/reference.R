# Reads cohorts (cohort, time, event, cause, group) from standard input and prints, as
# "cohort|what|row|value" lines, what the package survival says about each of them.
suppressMessages(library(survival))

say <- function(cohort, what, values) {
  values <- as.vector(values)
  if (length(values) == 0) return(invisible())
  cat(sprintf("%s|%s|%d|%s\n", cohort, what, seq_along(values),
              formatC(as.numeric(values), digits = 17, format = "g")), sep = "")
}

cohorts <- read.csv(file("stdin"), stringsAsFactors = FALSE)
for (id in unique(cohorts$cohort)) {
  d <- cohorts[cohorts$cohort == id, ]
  for (type in c("log", "log-log", "plain")) {
    fit <- survfit(Surv(time, event) ~ 1, data = d, conf.type = type)
    tag <- function(what) paste(type, what)
    say(id, tag("time"), fit$time)
    say(id, tag("survival"), fit$surv)
    say(id, tag("lower"), fit$lower)
    say(id, tag("upper"), fit$upper)
    say(id, tag("median"), summary(fit)$table[c("median", "0.95LCL", "0.95UCL")])
    for (t in c(5, 12, 20)) {
      if (t <= max(fit$time)) {
        s <- summary(fit, times = t)
        say(id, tag(paste("at", t)), c(s$surv, s$lower, s$upper, s$n.risk))
      }
    }
    q <- quantile(fit, 0.25)
    say(id, tag("quartile"), c(q$quantile, q$lower, q$upper))
    follow <- survfit(Surv(time, 1 - event) ~ 1, data = d, conf.type = type)
    say(id, tag("follow-up"), summary(follow)$table[c("median", "0.95LCL", "0.95UCL")])

    states <- factor(d$cause, 0:2, c("censored", "one", "two"))
    multi <- survfit(Surv(time, states) ~ 1, data = d, conf.type = type)
    for (state in c("one", "two")) {
      column <- match(state, multi$states)
      say(id, tag(paste(state, "incidence")), multi$pstate[, column])
      say(id, tag(paste(state, "std_err")), multi$std.err[, column])
      say(id, tag(paste(state, "lower")), multi$lower[, column])
      say(id, tag(paste(state, "upper")), multi$upper[, column])
    }
  }
  fit <- survfit(Surv(time, event) ~ 1, data = d)
  say(id, "at_risk", fit$n.risk)
  say(id, "events", fit$n.event)
  say(id, "censored", fit$n.censor)
  say(id, "std_err", fit$std.err * fit$surv)
  test <- survdiff(Surv(time, event) ~ group, data = d)
  say(id, "log-rank", c(test$chisq, test$pvalue))
  say(id, "log-rank expected", test$exp)
}
