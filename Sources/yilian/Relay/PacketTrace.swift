internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import Wire

/// The way of a packet over both chains.
struct PacketTrace: Encodable {
  /// Something that happened to the packet, as its chain proves it.
  struct Step: Encodable {
    var chain: String
    var step: String
    var time: String?
    var height: UInt64?
    var by: String?
    var transaction: String?
    var detail: String
  }

  /// Something that the two chains must agree on.
  struct Check: Encodable {
    var claim: String
    var holds: Bool
  }

  /// A call that a chain refused while the packet was under way.
  struct Refused: Encodable {
    var chain: String
    var height: UInt64
    var by: String
    var method: String
    var sentence: String
    /// How often the same was refused.
    var times: Int
  }

  struct Proof: Encodable {
    var chain: String
    var height: UInt64
    var headerHash: String
  }

  var packet: PacketView
  var steps: [Step] = []
  var checks: [Check] = []
  var refused: [Refused] = []
  var proven: [Proof] = []

  /// Whether the chains agree on everything.
  var isSound: Bool { checks.allSatisfy(\.holds) }

  mutating func add(_ step: String, _ event: AssetEvent, on chain: String, _ detail: String) {
    steps.append(
      Step(
        chain: chain, step: step, time: TimeText.iso(event.timeMs), height: event.height,
        by: event.actor, transaction: event.transactionID.hex, detail: detail))
  }

  mutating func expect(_ claim: String, _ holds: Bool) {
    checks.append(Check(claim: claim, holds: holds))
  }

  func show() {
    Terminal.print(
      "packet \(packet.packet): \(packet.messageType), key \(packet.businessKey), from "
        + "\(packet.sender) to \(packet.recipient), times out at \(packet.timeout)")
    let header = ["CHAIN", "STEP", "TIME", "HEIGHT", "BY", "WHAT"]
    let rows = steps.map { step in
      [
        step.chain, step.step, step.time ?? "", step.height.map { "\($0)" } ?? "", step.by ?? "",
        step.detail,
      ]
    }
    for line in Terminal.table([header] + rows) { Terminal.print(line) }
    for check in checks {
      Terminal.print("\(check.holds ? "proven   " : "NOT SO   ") \(Terminal.clean(check.claim))")
    }
    for refusal in refused {
      let times = refusal.times > 1 ? " (\(refusal.times) times)" : ""
      Terminal.print(
        Terminal.clean(
          "refused   on \(refusal.chain) at height \(refusal.height), \(refusal.method) by "
            + "\(refusal.by): \(refusal.sentence)\(times)"))
    }
    for proof in proven {
      Terminal.print(
        "header    \(proof.chain), state of height \(proof.height), \(proof.headerHash)")
    }
  }
}
