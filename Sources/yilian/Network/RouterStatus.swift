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

  /// What the router answers.
  private struct Report: Decodable {
    var channels: [Channel]
  }

  var name: String
  var chain: String
  var url: String
  var up: Bool
  var channels: [Channel]
  /// Why it does not answer.
  var why: String?

  init(of configuration: RouterConfiguration) async throws {
    name = configuration.name
    chain = configuration.chain
    url = configuration.statusURL
    let connection = try NodeConnection(url: url, timeout: .seconds(5))
    do {
      let report = try await connection.routerReport()
      channels = try JSONDecoder().decode(Report.self, from: Data(report)).channels
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
    guard why else { return }
    for router in routers {
      if let why = router.why { Terminal.print(Terminal.clean("\(router.name): \(why)")) }
      for channel in router.channels {
        Terminal.print(Terminal.clean("\(router.name): \(channel.channel): \(channel.why)"))
      }
    }
  }
}
