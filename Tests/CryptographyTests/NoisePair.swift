@testable import Cryptography

/// Both sides of a Noise session, from the first message on.
struct NoisePair {
  static let prologue = utf8("prologue")

  let suite: NoiseSuite
  var initiator: NoiseHandshake
  var responder: NoiseHandshake

  /// Fresh keys.
  init(_ id: SuiteID) throws {
    suite = id.noise
    initiator = try NoiseHandshake(
      suite, role: .initiator, staticKey: suite.generateKey(), prologue: Self.prologue)
    responder = try NoiseHandshake(
      suite, role: .responder, staticKey: suite.generateKey(), prologue: Self.prologue)
  }

  /// Keys from secrets: initiator's static and ephemeral, then responder's.
  init(_ id: SuiteID, secrets: [[UInt8]], prologue: [UInt8] = prologue) throws {
    suite = id.noise
    let keys = try secrets.map {
      try id.suite.privateKey(SecretBytes(copying: $0), use: .sealing)
    }
    initiator = try NoiseHandshake(
      suite, role: .initiator, staticKey: keys[0], ephemeralKey: keys[1], prologue: prologue)
    responder = try NoiseHandshake(
      suite, role: .responder, staticKey: keys[2], ephemeralKey: keys[3], prologue: prologue)
  }

  /// Whether the initiator sends message `index`, counted from 0.
  static func isFromInitiator(_ index: Int) -> Bool { index.isMultiple(of: 2) }

  /// Writes handshake message `index`.
  mutating func write(_ index: Int, _ payload: [UInt8] = []) throws -> [UInt8] {
    try Self.isFromInitiator(index)
      ? initiator.writeMessage(payload) : responder.writeMessage(payload)
  }

  /// Reads handshake message `index`.
  mutating func read(_ index: Int, _ message: [UInt8]) throws -> [UInt8] {
    try Self.isFromInitiator(index)
      ? responder.readMessage(message) : initiator.readMessage(message)
  }

  /// Runs all of the handshake without payloads.
  mutating func finish() throws -> (initiator: NoiseSession, responder: NoiseSession) {
    for index in 0..<3 { _ = try read(index, write(index)) }
    return (try initiator.split(), try responder.split())
  }
}

extension NoiseCipher {
  /// `encrypt` for arrays: a macro cannot pass a span on.
  mutating func encrypt(bytes: [UInt8]) throws(NoiseFault) -> [UInt8] {
    try encrypt(bytes.span)
  }

  /// `decrypt` for arrays.
  mutating func decrypt(bytes: [UInt8]) throws(NoiseFault) -> [UInt8] {
    try decrypt(bytes.span)
  }
}
