//! Tables and charts.

use std::collections::HashSet;

use serde_json::Value;

use super::Check;

const MOST_ROWS: usize = 100;
const MOST_COLUMNS: usize = 20;
const MOST_TABLE_TEXT: usize = 10_000;
const LONGEST_CHART_TITLE: usize = 50;
const MOST_CHARTS: usize = 2;
/// Slack's page says 6; its probes say 12. What passes here should pass there.
const MOST_SERIES: usize = 6;
const MOST_CATEGORIES: usize = 20;
const LONGEST_CHART_LABEL: usize = 20;
const LONGEST_AXIS_LABEL: usize = 50;

impl Check<'_> {
    pub(super) fn table(&mut self, block: &Value, at: &str) {
        let rows = self.array(&format!("{at}/rows"), &block["rows"], 1, MOST_ROWS);
        for (i, row) in rows.iter().enumerate() {
            let cells = self.array(&format!("{at}/rows/{i}"), row, 1, MOST_COLUMNS);
            for (j, cell) in cells.iter().enumerate() {
                let at = format!("{at}/rows/{i}/{j}");
                match cell["type"].as_str().unwrap_or("") {
                    "raw_text" => self.string(&format!("{at}/text"), &cell["text"], MOST_TABLE_TEXT, true),
                    "raw_number" if cell["value"].is_number() => {}
                    "rich_text" => self.block(cell, &at),
                    other => self.fault(&format!("{at}/type"), format!("unsupported type: {other}")),
                }
            }
        }
        if rows.iter().map(super::text_in).sum::<usize>() > MOST_TABLE_TEXT {
            self.fault(at, format!("more than {MOST_TABLE_TEXT} characters in all"));
        }
    }

    pub(super) fn chart(&mut self, block: &Value, at: &str) {
        self.charts += 1;
        if self.charts > MOST_CHARTS {
            self.fault(at, format!("no more than {MOST_CHARTS} charts allowed"));
        }
        self.string(&format!("{at}/title"), &block["title"], LONGEST_CHART_TITLE, true);
        let (chart, at) = (&block["chart"], format!("{at}/chart"));
        match chart["type"].as_str().unwrap_or("") {
            "pie" => {
                let segments = self.array(&format!("{at}/segments"), &chart["segments"], 1, MOST_SERIES);
                for (i, segment) in segments.iter().enumerate() {
                    self.point(segment, &format!("{at}/segments/{i}"));
                    if segment["value"].as_f64().is_some_and(|v| v <= 0.0) {
                        self.fault(&format!("{at}/segments/{i}/value"), "must be more than 0");
                    }
                }
            }
            "bar" | "line" | "area" => self.series_chart(chart, &at),
            other => self.fault(&format!("{at}/type"), format!("unsupported type: {other}")),
        }
    }

    fn series_chart(&mut self, chart: &Value, at: &str) {
        let axis = &chart["axis_config"];
        let place = format!("{at}/axis_config/categories");
        let categories = self.array(&place, &axis["categories"], 1, MOST_CATEGORIES);
        for (i, category) in categories.iter().enumerate() {
            self.string(&format!("{place}/{i}"), category, LONGEST_CHART_LABEL, true);
        }
        self.string(&format!("{at}/axis_config/x_label"), &axis["x_label"], LONGEST_AXIS_LABEL, false);
        self.string(&format!("{at}/axis_config/y_label"), &axis["y_label"], LONGEST_AXIS_LABEL, false);
        let mut names = HashSet::new();
        let series = self.array(&format!("{at}/series"), &chart["series"], 1, MOST_SERIES);
        for (i, one) in series.iter().enumerate() {
            let at = format!("{at}/series/{i}");
            self.string(&format!("{at}/name"), &one["name"], LONGEST_CHART_LABEL, true);
            if !names.insert(one["name"].as_str()) {
                self.fault(&at, "series names must be unique");
            }
            let data = self.array(&format!("{at}/data"), &one["data"], 1, MOST_CATEGORIES);
            for (j, point) in data.iter().enumerate() {
                self.point(point, &format!("{at}/data/{j}"));
            }
            let labels: Vec<_> = data.iter().map(|p| &p["label"]).collect();
            let fits = labels.len() == categories.len() && categories.iter().all(|c| labels.contains(&c));
            if !fits {
                self.fault(&format!("{at}/data"), "exactly one point per category");
            }
        }
    }

    fn point(&mut self, point: &Value, at: &str) {
        self.string(&format!("{at}/label"), &point["label"], LONGEST_CHART_LABEL, true);
        if !point["value"].is_number() {
            self.fault(&format!("{at}/value"), "must be a number");
        }
    }
}
