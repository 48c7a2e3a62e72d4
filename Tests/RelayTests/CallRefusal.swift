import BuiltinContracts
import Cryptography
import LedgerModel
import Testing
import Wire

/// A call that another chain refuses: given two chains, when this packet was sent, then this code.
struct CallRefusal: CustomTestStringConvertible, Sendable {
  let title: String
  let code: String
  /// Carries the story up to the packet that was sent.
  let sent: @Sendable (Calling) throws -> RelayPacket

  var testDescription: String { title }

  private init(
    _ title: String, _ code: String, _ sent: @escaping @Sendable (Calling) throws -> RelayPacket
  ) {
    self.title = title
    self.code = code
    self.sent = sent
  }

  /// The sender was recognised, and calls once something has happened.
  private static func recognised(
    _ title: String, _ code: String = "message.not_recognised",
    call: @escaping @Sendable (Calling) throws -> RelayPacket = { try $0.lock() },
    once change: @escaping @Sendable (Calling) throws -> Void = { _ in }
  ) -> CallRefusal {
    CallRefusal(title, code) { story in
      try story.givenRecognised()
      try change(story)
      let packet = try call(story)
      try story.send(packet)
      return packet
    }
  }

  static let all: [CallRefusal] = [
    CallRefusal("Who is not recognised does nothing", "message.not_recognised") { story in
      let packet = try story.lock()
      try story.send(packet)
      return packet
    },
    CallRefusal("Nor who is recognised after it sent", "message.not_recognised") { story in
      let packet = try story.lock()
      try story.send(packet)
      try story.givenRecognised()
      return packet
    },
    CallRefusal("Nor before the statement is valid", "message.not_recognised") { story in
      try story.givenRecognised { $0.validFromMs += 7_200_000 }
      let packet = try story.lock()
      try story.send(packet)
      return packet
    },
    CallRefusal("Nor when it has expired", "message.not_recognised") { story in
      try story.givenRecognised { $0.validUntilMs -= 10 * Recognition.dayMs - 60_000 }
      try story.finance.run(at: story.province.timeMs + 60_000)
      let packet = try story.lock()
      try story.send(packet)
      return packet
    },
    recognised("Nor once it is revoked", once: { try $0.givenRevoked() }),
    recognised(
      "Nor once it is recognised as another member",
      once: { try $0.givenRecognised(as: "insurer", version: 2) }),
    recognised("Nor in the name of another member", call: { try $0.lock(to: "insurer") }),
    recognised(
      "Nor with another key than the one that signed",
      once: { try $0.finance.givenNewKey(of: "sender") }),
    recognised(
      "Nor for a member who has another key now",
      once: { try $0.province.givenNewKey(of: "fund") }),
    recognised(
      "A method is called that the scope names", "message.out_of_scope",
      call: { try $0.call("unlock", []) }),
    recognised(
      "A method is called that needs no content", "message.not_callable",
      call: { try $0.call("putBlue", []) }),
    recognised(
      "A method is called with its arguments", "contract.malformed_arguments",
      call: { try $0.call("lock", [0xff]) }),
    CallRefusal("The member's own roles count", "contract.not_permitted") { story in
      try story.givenRecognised(as: "clerk")
      let packet = try story.lock(to: "clerk")
      try story.send(packet)
      return packet
    },
    recognised(
      "Restrictions hold for it as for its own calls", "contract.restricted",
      once: { story in
        var rule = WirePermission()
        rule.contract = InvoiceContract.name
        rule.method = "lock"
        rule.roles = ["auditor"]
        try story.province.decide([WireChange(.setPermission(rule))])
      }),
    recognised(
      "A suspended member does nothing", "registry.member_suspended",
      once: { try $0.province.decide([WireChange(.suspendMember("fund"))]) }),
    recognised(
      "The method itself refuses by its own code", "invoice.not_found",
      call: { try $0.lock(number: "2") }),
  ]
}
