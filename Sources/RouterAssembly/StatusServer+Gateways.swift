extension StatusServer {
  /// How the bridge to one system stands, in `/v1/status`.
  struct Gateway: Codable {
    /// One direction. Counts are absent while the outbox cannot be read.
    struct Lane: Codable {
      let from: String
      let to: String
      /// Documents that ever came from the source.
      let carried: UInt64?
      /// Not delivered yet; delivered and not decided yet; all whose source was not told yet.
      let waiting: Int?
      let pending: Int?
      let underWay: Int?
      /// Documents that ever had no effect, the newest of them in words, and how many of those
      /// that are kept have which code.
      let failures: UInt64?
      let newestFailures: [String]
      let codes: [String: Int]
      /// Whether the source has answered since the bridge runs.
      let reached: Bool
      /// Who is waited for and why, since when; absent: for nobody.
      let why: String?
      let sinceMs: UInt64?
    }

    let channel: String
    let system: String
    let lanes: [Lane]
  }

  /// Codes of one lane that have a metric of their own: systems choose their codes.
  private static let codesMax = 16

  private static func labels(_ gateway: Gateway, _ lane: Gateway.Lane) -> String {
    [label("channel", gateway.channel), label("from", lane.from), label("to", lane.to)]
      .joined(separator: ",")
  }

  /// Metrics of the bridges.
  static func metrics(_ gateways: [Gateway], nowMs: UInt64) -> [String] {
    let lanes = gateways.flatMap { gateway in
      gateway.lanes.map { lane in
        (labels: labels(gateway, lane), lane)
      }
    }
    func metric(
      _ name: String, _ type: String, _ value: (Gateway.Lane) -> UInt64?
    ) -> [String] {
      ["# TYPE yilian_router_gateway_\(name) \(type)"]
        + lanes.compactMap { labels, lane in
          value(lane).map { "yilian_router_gateway_\(name){\(labels)} \($0)" }
        }
    }
    guard !lanes.isEmpty else { return [] }
    var lines = metric("documents_total", "counter") { $0.carried }
    lines += metric("waiting", "gauge") { $0.waiting.map { UInt64($0) } }
    lines += metric("pending", "gauge") { $0.pending.map { UInt64($0) } }
    lines += metric("under_way", "gauge") { $0.underWay.map { UInt64($0) } }
    lines += metric("failures_total", "counter") { $0.failures }
    lines += metric("stalled_seconds", "gauge") { lane in
      lane.sinceMs.map { (nowMs - min(nowMs, $0)) / 1_000 } ?? 0
    }
    lines.append("# TYPE yilian_router_gateway_failures_kept gauge")
    for (labels, lane) in lanes {
      let codes = lane.codes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      lines += codes.prefix(codesMax).map {
        "yilian_router_gateway_failures_kept{\(labels),\(label("code", $0.key))} \($0.value)"
      }
    }
    return lines
  }
}
