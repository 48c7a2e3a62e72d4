import BuiltinContracts
import Cryptography
import Foundation
import LedgerModel
import Testing
import Wire

@testable import yilian

/// Why a channel waits, in words.
@Suite("Channel in words")
struct ChannelViewTests {
  @Test("A channel on which nothing waits says so, however old its client is")
  func idle() {
    let view = view(sent: 3, ageMs: 3_600_000)
    #expect(view.reasons(nowMs: Self.now) == ["nothing waits"])
  }

  @Test("A client that may not be believed comes first, with the command that mends it")
  func clients() {
    let expired = view(sent: 1, ageMs: 31 * 86_400_000)
    #expect(
      expired.reasons(nowMs: Self.now) == [
        "stalled: the newest known header of there is 31 days old, and believed for 30 days; "
          + "decide with 'yilian chain link --anew'"
      ])
    let frozen = view(sent: 1, ageMs: 0, conflict: true)
    #expect(
      frozen.reasons(nowMs: Self.now).first?
        .hasPrefix("stalled: there contradicted itself") == true)
  }

  @Test("A packet whose timeout has passed is told before a full window, and that before the rest")
  func order() {
    var view = view(sent: 8, unsettled: 8, window: 8, ageMs: 120_000)
    view.oldest = waiting(timeoutMs: Self.now - 180_000)
    #expect(
      view.reasons(nowMs: Self.now) == [
        "stalled: c:1 timed out 3 min ago, and no router has proven yet what became of it",
        "stalled: the window of 8 packets is full",
        "no router has brought a header of there for 2 min",
        "8 sent from here are not settled; the oldest is c:1 to somebody, which times out at "
          + TimeText.iso(Self.now - 180_000),
      ])
  }

  @Test("A packet under way with a fresh client is no stall")
  func underWay() {
    var view = view(sent: 2, unsettled: 1, ageMs: 1_000)
    view.oldest = waiting(timeoutMs: Self.now + 1)
    #expect(
      view.reasons(nowMs: Self.now) == [
        "1 sent from here is not settled; the oldest is c:1 to somebody, which times out at "
          + TimeText.iso(Self.now + 1)
      ])
    view.waitingHere = 2
    #expect(
      view.reasons(nowMs: Self.now).last
        == "2 from there wait to be received here, c:1 first")
  }

  @Test("Packets are named by the last colon, and only by sequences from 1 on")
  func names() {
    let name = PacketName(argument: "a:b:7")
    #expect(name?.channel == "a:b")
    #expect(name?.sequence == 7)
    for wrong in ["a", "a:", ":1", "a:0", "a:x", "a:-1", "a:18446744073709551616"] {
      #expect(PacketName(argument: wrong) == nil, "\(wrong)")
    }
  }

  private static let now: UInt64 = 1_800_000_000_000

  private func view(
    sent: UInt64, unsettled: UInt32 = 0, window: UInt32 = 1_024, ageMs: UInt64,
    conflict: Bool = false
  ) -> ChannelView {
    var terms = WireChannelRecord()
    terms.id = "c"
    terms.window = window
    var record = WireChainRecord()
    record.name = "there"
    record.trustingMs = 30 * 86_400_000
    var client = RelayClient()
    client.timeMs = Self.now - ageMs
    if conflict { client.conflict = Data([1]) }
    var state = RelayChannelState()
    state.sent = sent
    state.unsettled = unsettled
    return ChannelView(
      TermsView(terms), from: "here", client: ClientView(record, client, nowMs: Self.now),
      state: state, provenHeight: 1, headerHash: "")
  }

  @Test("A channel to a place waits for its gateway member, and for no router")
  func place() {
    var terms = WireChannelRecord()
    terms.id = "c"
    terms.window = 8
    terms.lead(to: "bureau", through: "gateway", suite: SuiteID.intl.suite)
    var state = RelayChannelState()
    state.sent = 1
    state.unsettled = 1
    var view = ChannelView(
      TermsView(terms), from: "here", client: nil, state: state, provenHeight: 1, headerHash: "")
    view.oldest = waiting(timeoutMs: Self.now - 60_000)
    let reasons = view.reasons(nowMs: Self.now)
    #expect(reasons[0].hasSuffix("gateway has not said yet what became of it"), "\(reasons)")
    #expect(!reasons.contains { $0.contains("router") }, "\(reasons)")
  }

  private func waiting(timeoutMs: UInt64) -> ChannelView.Waiting {
    var sent = RelaySentPacket()
    sent.packet.channel = "c"
    sent.packet.sequence = 1
    sent.packet.recipient = "somebody"
    sent.packet.timeoutMs = timeoutMs
    return ChannelView.Waiting(sent)
  }
}
