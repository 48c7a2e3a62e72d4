import Foundation
import LedgerClient
import Testing

@testable import yilian

/// What operators read of a router.
@Suite("Router status in words")
struct RouterStatusTests {
  private typealias Gateway = RouterStatus.Gateway

  private func status(channels: String) throws -> RouterStatus {
    let text = """
      {"name": "r", "chain": "c", "url": "u", "up": true, "channels": [\(channels)], "gateways": []}
      """
    return try JSONDecoder().decode(RouterStatus.self, from: Data(text.utf8))
  }

  private func lane(
    from: String, to: String, reached: Bool = true, pending: Int = 0, why: String? = nil
  ) -> Gateway.Lane {
    Gateway.Lane(
      from: from, to: to, carried: 0, waiting: 0, pending: pending, underWay: pending,
      failures: 0, newestFailures: [], codes: [:], reached: reached, why: why,
      sinceMs: why.map { _ in 0 })
  }

  @Test("What a router could not read is a dash, never a zero")
  func unknown() throws {
    let router = try status(channels: #"{"channel": "ab", "why": "w"}"#)
    #expect(router.rows == [["r", "c", "up", "ab", "-", "-", "-", "-", "-"]])
    #expect(try status(channels: "").rows == [["r", "c", "up", "-", "-", "-", "-", "-", "-"]])
  }

  @Test("What a router does not know is absent from its JSON document")
  func absent() throws {
    let router = try status(channels: #"{"channel": "ab", "why": "w"}"#)
    let text = String(decoding: try JSONEncoder().encode(router.channels), as: UTF8.self)
    #expect(!text.contains("sent") && !text.contains("unsettled"), "\(text)")
  }

  @Test("Each line of a bridge names its direction")
  func directions() {
    let gateway = Gateway(
      channel: "c", system: "bureau",
      lanes: [
        lane(from: "chain", to: "bureau", pending: 2),
        lane(from: "bureau", to: "chain", why: "bureau: busy"),
      ])
    #expect(
      gateway.reasons == [
        "to bureau: bureau has not decided 2 documents yet",
        "from bureau: waits since \(TimeText.iso(0)) for bureau: busy",
      ])
  }

  @Test("Of a system that has not answered since the start nobody says that nothing waits")
  func notReached() {
    let forth = lane(from: "chain", to: "bureau")
    var gateway = Gateway(
      channel: "c", system: "bureau",
      lanes: [forth, lane(from: "bureau", to: "chain", reached: false)])
    #expect(gateway.reasons == ["from bureau: bureau was not reached yet"])
    gateway.lanes[1].reached = true
    #expect(gateway.reasons == ["nothing waits"])
  }

  @Test("A router that is down is called a router, with how to start it")
  func down() {
    let fault = ClientFault.unreachable(url: "http://h:1", reason: "connection refused")
    let words = RouterStatus.words(fault, of: "r", at: "http://h:1")
    #expect(
      words.hasPrefix("router r does not answer at http://h:1 (connection refused): start it"))
    #expect(!words.contains("--node"))
  }
}
