internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import RouterCore

/// Tells operators how the router stands, over plain HTTP on its own machine: `/healthz`,
/// `/v1/status` (JSON), `/metrics` (Prometheus).
struct StatusServer: Sendable {
  let host: String
  let port: Int
  let name: String
  let chain: String
  let watch: RouterWatch
  let bridges: [SystemBridge]
  let logger: Logger

  /// What `/v1/status` answers.
  struct Report: Codable {
    /// What is of the chain is absent before the channel was read.
    struct Channel: Codable {
      let channel: String
      let chain: String?
      let sent: UInt64?
      let unsettled: Int?
      let received: UInt64?
      let linkedRouters: Int?
      let routers: Int?
      let why: String
    }

    let name: String
    let chain: String
    let channels: [Channel]
    let gateways: [Gateway]
  }

  func run() async throws {
    let router = Hummingbird.Router()
    router.get("/healthz") { _, _ in "ok\n" }
    router.get("/v1/status") { _, _ in
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Self.answer("application/json", try encoder.encode(await report()))
    }
    router.get("/metrics") { _, _ in
      Self.answer("text/plain; version=0.0.4; charset=utf-8", Data(await metrics().utf8))
    }
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: .maximum(Self.connectionsMax, logger: logger)),
      logger: logger)
    try await application.run()
  }

  private static let connectionsMax = 64

  private static func answer(_ type: String, _ body: Data) -> Response {
    Response(
      status: .ok, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }

  private func gateways() async -> [Gateway] {
    var reports: [Gateway] = []
    for bridge in bridges { reports.append(await bridge.report()) }
    return reports
  }

  private func report() async -> Report {
    Report(
      name: name, chain: chain,
      channels: watch.overview.map { channel in
        Report.Channel(
          channel: channel.channel, chain: channel.chain, sent: channel.sent,
          unsettled: channel.unsettled, received: channel.received,
          linkedRouters: channel.linked, routers: channel.routers, why: channel.why)
      }, gateways: await gateways())
  }

  private func metrics() async -> String {
    let (counts, overview, stalled) = (watch.counts, watch.overview, watch.stalled)
    var lines: [String] = []
    lines.append("# TYPE yilian_router_calls_total counter")
    lines += counts.done.sorted { $0.key < $1.key }.map {
      "yilian_router_calls_total{\(Self.label("method", $0.key))} \($0.value)"
    }
    lines.append("# TYPE yilian_router_refused_total counter")
    lines += counts.refused.sorted { $0.key < $1.key }.map {
      "yilian_router_refused_total{\(Self.label("code", $0.key))} \($0.value)"
    }
    lines.append("# TYPE yilian_router_blamed_total counter")
    lines.append("yilian_router_blamed_total \(counts.blamed)")
    lines.append("# TYPE yilian_router_silent_total counter")
    lines.append("yilian_router_silent_total \(counts.silent)")
    lines.append("# TYPE yilian_router_unsettled gauge")
    lines += overview.compactMap { channel in
      channel.unsettled.map {
        "yilian_router_unsettled{\(Self.label("channel", channel.channel))} \($0)"
      }
    }
    lines.append("# TYPE yilian_router_stalled gauge")
    lines += overview.map {
      "yilian_router_stalled{\(Self.label("channel", $0.channel))} "
        + (stalled.contains($0.channel) ? "1" : "0")
    }
    for (name, counts) in [("shared", counts.shared), ("unshared", counts.skipped)] {
      lines.append("# TYPE yilian_router_\(name)_total counter")
      lines += counts.sorted { $0.key < $1.key }.map {
        "yilian_router_\(name)_total{\(Self.label("channel", $0.key))} \($0.value)"
      }
    }
    lines += Self.metrics(await gateways(), nowMs: RouterClock.now().wallMs)
    return lines.joined(separator: "\n") + "\n"
  }

  /// A label of a metric: the names of channels and places are not ours, and may have quotes.
  static func label(_ name: String, _ value: String) -> String {
    var escaped = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": escaped += #"\\"#
      case "\"": escaped += #"\""#
      case "\n": escaped += #"\n"#
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\(name)=\"\(escaped)\""
  }
}
