internal import Foundation
internal import LedgerClient
internal import NetworkLayout

/// How a router does, as it says itself.
struct RouterStatus: Codable {
  struct Channel: Codable {
    var channel: String
    /// Name of the chain at the other end.
    var chain: String
    var sent: UInt64
    var unsettled: Int
    var received: UInt64
    var linkedRouters: Int
    var routers: Int
    var why: String
  }

  /// A system without a chain that the router joins with its chain.
  struct Gateway: Codable {
    struct Lane: Codable {
      var from: String
      var to: String
      var carried: UInt64
      var waiting: Int
      var pending: Int
      var underWay: Int
      var failures: UInt64
      var newestFailures: [String]
      var codes: [String: Int]
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
      why = (error as? ClientFault).map { "\(LedgerClientFault.node($0))" } ?? "\(error)"
    }
    await connection.close()
  }

  /// - Parameter why: Whether to say of each channel what it does or waits for.
  static func show(_ routers: [RouterStatus], why: Bool) {
    var rows = [
      ["ROUTER", "CHAIN", "STATE", "CHANNEL", "TO", "SENT", "UNSETTLED", "RECEIVED", "LINKED"]
    ]
    for router in routers {
      let own = [router.name, router.chain, router.up ? "up" : "down"]
      for (index, channel) in router.channels.enumerated() {
        rows.append(
          (index == 0 ? own : ["", "", ""]) + [
            channel.channel, channel.chain, "\(channel.sent)", "\(channel.unsettled)",
            "\(channel.received)", "\(channel.linkedRouters) of \(channel.routers)",
          ])
      }
      if router.channels.isEmpty { rows.append(own) }
    }
    for line in Terminal.table(rows) { Terminal.print(line) }
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
            router.name, gateway.channel, lane.from, lane.to, "\(lane.carried)",
            "\(lane.waiting)", "\(lane.pending)", "\(lane.failures)",
          ])
        }
      }
    }
    guard rows.count > 1 else { return }
    Terminal.print("")
    for line in Terminal.table(rows.map { $0.map(Terminal.clean) }) { Terminal.print(line) }
  }
}

extension RouterStatus.Gateway {
  /// What it waits for, and what had no effect.
  fileprivate var reasons: [String] {
    var reasons: [String] = []
    for lane in lanes {
      if let why = lane.why {
        reasons.append("waits since \(TimeText.iso(lane.sinceMs ?? 0)) for \(why)")
      } else if lane.pending > 0 {
        reasons.append("\(lane.to) has not decided \(lane.pending) documents yet")
      }
      for failure in lane.newestFailures { reasons.append("no effect: \(failure)") }
    }
    return reasons.isEmpty ? ["nothing waits"] : reasons
  }
}
