internal import Foundation
internal import LedgerClient
internal import NetworkLayout

/// How a router does, as it says itself.
struct RouterStatus: Codable {
  /// What is of the chain is absent while the router could not read it.
  struct Channel: Codable {
    var channel: String
    /// Name of the chain at the other end.
    var chain: String?
    var sent: UInt64?
    var unsettled: Int?
    var received: UInt64?
    var linkedRouters: Int?
    var routers: Int?
    var why: String
  }

  /// A system without a chain that the router joins with its chain.
  struct Gateway: Codable {
    struct Lane: Codable {
      var from: String
      var to: String
      /// Counts are absent while the router cannot read them.
      var carried: UInt64?
      var waiting: Int?
      var pending: Int?
      var underWay: Int?
      var failures: UInt64?
      var newestFailures: [String]
      var codes: [String: Int]
      /// Whether `from` has answered since the router started.
      var reached: Bool?
      var why: String?
      var sinceMs: UInt64?
    }

    var channel: String
    var system: String
    var lanes: [Lane]
  }

  /// What the router answers.
  private struct Report: Decodable {
    var channels: [Channel]
    var gateways: [Gateway]?
  }

  var name: String
  var chain: String
  var url: String
  var up: Bool
  var channels: [Channel]
  var gateways: [Gateway] = []
  /// Why it does not answer.
  var why: String?

  init(of configuration: RouterConfiguration) async throws {
    name = configuration.name
    chain = configuration.chain
    url = configuration.statusURL
    let connection = try NodeConnection(url: url, timeout: .seconds(5))
    do {
      let report = try await connection.routerReport()
      let told = try JSONDecoder().decode(Report.self, from: Data(report))
      channels = told.channels
      gateways = told.gateways ?? []
      up = true
    } catch {
      channels = []
      up = false
      why = Self.words(error, of: name, at: url)
    }
    await connection.close()
  }

  /// Why a router does not tell how it does, and what to do.
  static func words(_ error: any Error, of name: String, at url: String) -> String {
    switch error as? ClientFault {
    case .unreachable(_, let reason)?:
      "router \(name) does not answer at \(url) (\(reason)): start it with "
        + "'yilian network start --dir DIR' or 'yilian router run --home HOME'"
    case .timedOut?: "router \(name) at \(url) did not answer in time: see its log"
    case .refused(let report)?: "\(LedgerClientFault.node(.refused(report)))"
    case .protocolViolation?, nil:
      "what answers at \(url) is not router \(name) of this version: see its router.json"
    }
  }

  /// - Parameter why: Whether to say of each channel what it does or waits for.
  static func show(_ routers: [RouterStatus], why: Bool) {
    let header = [
      "ROUTER", "CHAIN", "STATE", "CHANNEL", "TO", "SENT", "UNSETTLED", "RECEIVED", "LINKED",
    ]
    for line in Terminal.table([header] + routers.flatMap(\.rows)) { Terminal.print(line) }
    showGateways(routers)
    guard why else { return }
    for router in routers {
      if let why = router.why { Terminal.print(Terminal.clean("\(router.name): \(why)")) }
      for channel in router.channels {
        Terminal.print(Terminal.clean("\(router.name): \(channel.channel): \(channel.why)"))
      }
      for gateway in router.gateways {
        for line in gateway.reasons {
          Terminal.print(Terminal.clean("\(router.name): \(gateway.channel): \(line)"))
        }
      }
    }
  }

  private static func showGateways(_ routers: [RouterStatus]) {
    var rows = [
      ["ROUTER", "CHANNEL", "FROM", "TO", "CARRIED", "WAITING", "PENDING", "NO EFFECT"]
    ]
    for router in routers {
      for gateway in router.gateways {
        for lane in gateway.lanes {
          rows.append([
            router.name, gateway.channel, lane.from, lane.to, known(lane.carried),
            known(lane.waiting), known(lane.pending), known(lane.failures),
          ])
        }
      }
    }
    guard rows.count > 1 else { return }
    Terminal.print("")
    for line in Terminal.table(rows.map { $0.map(Terminal.clean) }) { Terminal.print(line) }
  }
}

// Cells of the table.
extension RouterStatus {
  /// One line per channel; the first one names the router.
  var rows: [[String]] {
    let own = [name, chain, up ? "up" : "down"]
    guard !channels.isEmpty else { return [own + Array(repeating: "-", count: 6)] }
    return channels.enumerated().map { index, channel in
      (index == 0 ? own : ["", "", ""]) + channel.cells
    }
  }

  fileprivate static func known<Value>(_ value: Value?) -> String {
    value.map { "\($0)" } ?? "-"
  }
}

extension RouterStatus.Channel {
  fileprivate var cells: [String] {
    let linked = linkedRouters.flatMap { linked in routers.map { "\(linked) of \($0)" } }
    return [
      channel, RouterStatus.known(chain), RouterStatus.known(sent),
      RouterStatus.known(unsettled), RouterStatus.known(received), RouterStatus.known(linked),
    ]
  }
}

extension RouterStatus.Gateway {
  /// What it waits for, and what had no effect, each with its direction.
  var reasons: [String] {
    let reasons: [String] = lanes.flatMap { lane in
      let way = lane.to == system ? "to \(system)" : "from \(system)"
      return lane.reasons.map { "\(way): \($0)" }
    }
    return reasons.isEmpty ? ["nothing waits"] : reasons
  }
}

extension RouterStatus.Gateway.Lane {
  fileprivate var reasons: [String] {
    var reasons: [String] = []
    if let why {
      reasons.append("waits since \(TimeText.iso(sinceMs ?? 0)) for \(why)")
    } else if reached == false {
      reasons.append("\(from) was not reached yet")
    } else if let pending, pending > 0 {
      reasons.append("\(to) has not decided \(pending) documents yet")
    }
    return reasons + newestFailures.map { "no effect: \($0)" }
  }
}
