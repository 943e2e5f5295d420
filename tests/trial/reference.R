# Says what R (base, and the package survival) answers for cohorts.
#
#   Rscript reference.R FOLDER
#
# FOLDER/cohorts.csv names them and their sizes; FOLDER/patients.bin holds, column after
# column for each cohort, its patients' time, event, cause, group and the categories (1
# to 4) of two readers, as doubles. Answers: FOLDER/answers.csv names each with its
# length, FOLDER/answers.bin holds their numbers.
suppressMessages(library(survival))

folder <- commandArgs(trailingOnly = TRUE)[1]
names_to <- file(file.path(folder, "answers.csv"), "w")
numbers_to <- file(file.path(folder, "answers.bin"), "wb")
say <- function(cohort, what, values) {
  values <- as.numeric(as.vector(values))
  cat(sprintf("%s|%s|%d\n", cohort, what, length(values)), file = names_to)
  writeBin(values, numbers_to)
}

curves <- function(id, d) {
  states <- factor(d$cause, 0:2, c("censored", "one", "two"))
  for (type in c("log", "log-log", "plain")) {
    tag <- function(what) paste(type, what)
    fit <- survfit(Surv(time, event) ~ 1, data = d, conf.type = type)
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
    for (share in c(0.25, 0.75)) {
      q <- quantile(fit, share)
      say(id, tag(paste("quantile", share)), c(q$quantile, q$lower, q$upper))
    }
    follow <- survfit(Surv(time, 1 - event) ~ 1, data = d, conf.type = type)
    say(id, tag("follow-up"), summary(follow)$table[c("median", "0.95LCL", "0.95UCL")])
    say(id, tag("follow-up survival"), follow$surv)
    say(id, tag("follow-up lower"), follow$lower)
    say(id, tag("follow-up upper"), follow$upper)

    if (!any(d$cause > 0)) next # no states, no fit
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
}

# Level 0 has no patient in any cohort.
groups <- function(id, d) {
  group <- factor(d$group, 0:max(d$group))
  if (length(unique(d$group)) < 2) return(invisible())
  test <- tryCatch(survdiff(Surv(time, event) ~ group, data = d),
                   error = function(e) NULL) # all at risk had the event at once
  if (is.null(test)) return(say(id, "log-rank", c(NA, NA, 0)))
  at_risk <- sum(test$exp > 0)
  tested <- if (at_risk > 1) c(test$chisq, test$pvalue) else c(NA, NA)
  say(id, "log-rank", c(tested, max(at_risk - 1, 0)))
  say(id, "log-rank expected", test$exp[test$n > 0])
  say(id, "log-rank observed", test$obs[test$n > 0])
}

rates <- function(id, d) {
  say(id, "clopper-pearson", binom.test(sum(d$event), nrow(d))$conf.int)
  say(id, "wilson",
      suppressWarnings(prop.test(sum(d$event), nrow(d), correct = FALSE))$conf.int)
}

# Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 18.36: the
# weighted kappa and its standard error.
kappa <- function(id, d) {
  k <- 4
  p <- table(factor(d$first, 1:k), factor(d$second, 1:k)) / nrow(d)
  away <- abs(row(p) - col(p)) / (k - 1)
  for (how in c("none", "linear", "quadratic")) {
    w <- switch(how, none = diag(k), linear = 1 - away, quadratic = 1 - away^2)
    rows <- rowSums(p)
    columns <- colSums(p)
    po <- sum(w * p)
    pe <- sum(w * outer(rows, columns))
    if (abs(1 - pe) < 1e-12) {
      say(id, paste("kappa", how), rep(NA, 3))
      next
    }
    by_row <- as.vector(w %*% columns)
    by_column <- as.vector(rows %*% w)
    total <- 0
    for (i in 1:k) for (j in 1:k) {
      total <- total +
        p[i, j] * (w[i, j] * (1 - pe) - (by_row[i] + by_column[j]) * (1 - po))^2
    }
    variance <- (total - (po * pe - 2 * pe + po)^2) / (nrow(d) * (1 - pe)^4)
    if (variance < 1e-15) variance <- 0 # what rounding leaves of full agreement
    one <- (po - pe) / (1 - pe)
    reach <- qnorm(0.975) * sqrt(variance)
    say(id, paste("kappa", how), c(one, max(-1, one - reach), min(1, one + reach)))
  }
}

cohorts <- read.csv(file.path(folder, "cohorts.csv"), stringsAsFactors = FALSE)
patients <- file(file.path(folder, "patients.bin"), "rb")
for (place in seq_len(nrow(cohorts))) {
  id <- cohorts$cohort[place]
  columns <- c("time", "event", "cause", "group", "first", "second")
  numbers <- readBin(patients, "double", length(columns) * cohorts$n[place])
  d <- as.data.frame(matrix(numbers, ncol = length(columns)))
  names(d) <- columns
  curves(id, d)
  groups(id, d)
  rates(id, d)
  kappa(id, d)
}
close(names_to)
close(numbers_to)
