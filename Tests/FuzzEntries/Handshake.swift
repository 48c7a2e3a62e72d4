internal import Cryptography

/// The three messages of a handshake between constant keys, and who reads each.
struct Handshake: Sendable {
  /// Without payload.
  let messages: [[UInt8]]
  private let suite: NoiseSuite
  private let keys: [PrivateKey]

  init(_ id: SuiteID) throws {
    suite = id.noise
    keys = try (1...4).map {
      try id.suite.privateKey(
        SecretBytes(copying: [UInt8](repeating: $0, count: 32)), use: .sealing)
    }
    var (dialler, listener) = try Self.pair(suite, keys)
    let first = try dialler.writeMessage()
    _ = try listener.readMessage(first)
    let second = try listener.writeMessage()
    _ = try dialler.readMessage(second)
    messages = [first, second, try dialler.writeMessage()]
  }

  /// The side that waits for this message.
  func reader(ofMessage number: Int) throws(NoiseFault) -> NoiseHandshake {
    var (dialler, listener) = try Self.pair(suite, keys)
    if number == 1 {
      _ = try dialler.writeMessage()
      return dialler
    }
    if number == 2 {
      _ = try listener.readMessage(messages[0])
      _ = try listener.writeMessage()
    }
    return listener
  }

  private static func pair(
    _ suite: NoiseSuite, _ keys: [PrivateKey]
  ) throws(NoiseFault) -> (NoiseHandshake, NoiseHandshake) {
    func side(_ role: NoiseHandshake.Role, _ first: Int) throws(NoiseFault) -> NoiseHandshake {
      try NoiseHandshake(
        suite, role: role, staticKey: keys[first], ephemeralKey: keys[first + 1], prologue: [1])
    }
    return (try side(.initiator, 0), try side(.responder, 2))
  }
}
