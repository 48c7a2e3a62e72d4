import Testing

@testable import Cryptography

/// What the ciphers of a session refuse.
struct NoiseCipherTests {
  @Test("No altered byte of a message survives", arguments: SuiteID.allCases)
  func altered(_ id: SuiteID) throws {
    var pair = try NoisePair(id)
    var (initiator, responder) = try pair.finish()
    let message = try initiator.outgoing.encrypt(bytes: utf8("a vote for the block"))
    for position in message.indices {
      #expect(throws: NoiseFault.notAuthentic) {
        try responder.incoming.decrypt(bytes: message.flipping(position))
      }
    }
    #expect(throws: NoiseFault.notAuthentic) {
      try responder.incoming.decrypt(bytes: message + [0])
    }
    #expect(throws: NoiseFault.notAuthentic) {
      try responder.incoming.decrypt(bytes: message.dropLast())
    }
    // What was refused changed nothing.
    #expect(try responder.incoming.decrypt(bytes: message) == utf8("a vote for the block"))
  }

  @Test("A message counts once, in its order and in its direction", arguments: SuiteID.allCases)
  func replayed(_ id: SuiteID) throws {
    var pair = try NoisePair(id)
    var (initiator, responder) = try pair.finish()
    let messages = try ["one", "two", "three"].map {
      try initiator.outgoing.encrypt(bytes: utf8($0))
    }
    #expect(throws: NoiseFault.notAuthentic) { try responder.incoming.decrypt(bytes: messages[1]) }
    _ = try responder.incoming.decrypt(bytes: messages[0])
    #expect(throws: NoiseFault.notAuthentic) { try responder.incoming.decrypt(bytes: messages[0]) }
    #expect(throws: NoiseFault.notAuthentic) { try responder.incoming.decrypt(bytes: messages[2]) }
    #expect(throws: NoiseFault.notAuthentic) { try initiator.incoming.decrypt(bytes: messages[1]) }
    #expect(try responder.incoming.decrypt(bytes: messages[1]) == utf8("two"))
  }

  @Test("Associated data must be the same on both sides", arguments: SuiteID.allCases)
  func associatedData(_ id: SuiteID) throws {
    var pair = try NoisePair(id)
    var (initiator, responder) = try pair.finish()
    let (mine, other) = (utf8("mine"), utf8("other"))
    let message = try initiator.outgoing.encrypt(mine.span, authenticating: mine.span)
    #expect(throws: NoiseFault.notAuthentic) {
      var incoming = responder.incoming
      _ = try incoming.decrypt(message.span, authenticating: other.span)
    }
    let plaintext = try responder.incoming.decrypt(message.span, authenticating: mine.span)
    #expect(plaintext == mine)
  }

  @Test("Messages over 65,535 bytes are neither made nor read")
  func tooLong() throws {
    var pair = try NoisePair(.intl)
    var (initiator, responder) = try pair.finish()
    let over = [UInt8](repeating: 0, count: NoiseSuite.messageByteCountMax + 1)
    #expect(throws: NoiseFault.tooLong(byteCount: over.count)) {
      try initiator.outgoing.encrypt(bytes: over.dropLast(NoiseSuite.tagByteCount))
    }
    #expect(throws: NoiseFault.tooLong(byteCount: over.count)) {
      try responder.incoming.decrypt(bytes: over)
    }
    #expect(throws: NoiseFault.malformed) {
      try responder.incoming.decrypt(bytes: over.prefix(NoiseSuite.tagByteCount - 1) + [])
    }
  }

  @Test("The last nonce is never used", arguments: SuiteID.allCases)
  func exhausted(_ id: SuiteID) throws {
    let key = SecretBytes(copying: [UInt8](repeating: 5, count: 32))
    var sender = NoiseCipher(id.noise, derived: key, nonce: .max - 1)
    var receiver = sender
    let last = try sender.encrypt(bytes: utf8("last"))
    #expect(try receiver.decrypt(bytes: last) == utf8("last"))
    #expect(throws: NoiseFault.nonceExhausted) { try sender.encrypt(bytes: utf8("more")) }
    #expect(throws: NoiseFault.nonceExhausted) { try receiver.decrypt(bytes: last) }
  }
}
