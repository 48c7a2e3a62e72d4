import Testing

@testable import Cryptography

/// What the handshake and the ciphers promise and refuse, the same for every suite.
struct NoiseTests {
  @Test("Two strangers agree and then understand each other", arguments: SuiteID.allCases)
  func roundTrip(_ id: SuiteID) throws {
    var pair = try NoisePair(id)
    for (index, payload) in [[], utf8("two"), [UInt8](repeating: 3, count: 300)].enumerated() {
      #expect(!pair.initiator.isComplete && !pair.responder.isComplete)
      let sent = try pair.write(index, payload)
      #expect(try pair.read(index, sent) == payload)
    }
    #expect(pair.initiator.isComplete && pair.responder.isComplete)
    var (initiator, responder) = (try pair.initiator.split(), try pair.responder.split())
    #expect(initiator.handshakeHash == responder.handshakeHash)
    #expect(initiator.peer == pair.responder.ownStaticKey)
    #expect(responder.peer == pair.initiator.ownStaticKey)
    for length in [0, 1, 4_096, NoiseSuite.messageByteCountMax - NoiseSuite.tagByteCount] {
      let plaintext = [UInt8](repeating: 7, count: length)
      let forth = try initiator.outgoing.encrypt(bytes: plaintext)
      let back = try responder.outgoing.encrypt(bytes: plaintext)
      #expect(forth != back)
      #expect(try responder.incoming.decrypt(bytes: forth) == plaintext)
      #expect(try initiator.incoming.decrypt(bytes: back) == plaintext)
    }
  }

  @Test("Two runs with the same static keys have nothing in common", arguments: SuiteID.allCases)
  func freshEphemerals(_ id: SuiteID) throws {
    let key = try id.noise.generateKey()
    var first = try NoiseHandshake(id.noise, role: .initiator, staticKey: key, prologue: [])
    var second = try NoiseHandshake(id.noise, role: .initiator, staticKey: key, prologue: [])
    #expect(try first.writeMessage() != second.writeMessage())
  }

  /// Message 1 is not authenticated by itself: what was altered in it shows in message 2.
  @Test("No altered byte of a handshake survives it", arguments: SuiteID.allCases, [0, 1, 2])
  func alteredHandshake(_ id: SuiteID, altered: Int) throws {
    var before = try NoisePair(id)
    for index in 0..<altered { _ = try before.read(index, before.write(index)) }
    let message = try before.write(altered, utf8("payload"))
    for position in message.indices {
      #expect(throws: NoiseFault.self, "byte \(position) of message \(altered + 1)") {
        var pair = before
        _ = try pair.read(altered, message.flipping(position))
        if altered == 0 { _ = try pair.read(1, pair.write(1)) }
      }
    }
    #expect(try before.read(altered, message) == utf8("payload"))
  }

  @Test("A shortened or lengthened handshake message is refused", arguments: SuiteID.allCases)
  func otherLength(_ id: SuiteID) throws {
    let secrets = (1...4).map { [UInt8](repeating: UInt8($0), count: 32) }
    for altered in 1..<3 {
      for change in [-17, -1, 1] {
        var pair = try NoisePair(id, secrets: secrets)
        for index in 0..<altered { _ = try pair.read(index, pair.write(index)) }
        let message = try pair.write(altered)
        let sent = change > 0 ? message + [0] : Array(message.dropLast(-change))
        #expect(throws: NoiseFault.self) { try pair.read(altered, sent) }
        #expect(throws: NoiseFault.outOfTurn, "and nothing repairs it") {
          try pair.read(altered, message)
        }
      }
    }
    var pair = try NoisePair(id)
    #expect(throws: NoiseFault.malformed) {
      try pair.read(0, [UInt8](repeating: 4, count: id.noise.publicKeyByteCount - 1))
    }
  }

  @Test("Another prologue fails at the first sealed message", arguments: SuiteID.allCases)
  func otherPrologue(_ id: SuiteID) throws {
    var pair = try NoisePair(id)
    pair.responder = try NoiseHandshake(
      id.noise, role: .responder, staticKey: id.noise.generateKey(), prologue: utf8("another"))
    _ = try pair.read(0, pair.write(0))
    let message = try pair.write(1)
    #expect(throws: NoiseFault.notAuthentic) { try pair.read(1, message) }
  }

  @Test("A point of small order or off the curve is refused", arguments: SuiteID.allCases)
  func invalidPoint(_ id: SuiteID) throws {
    let count = id.noise.publicKeyByteCount
    let points: [[UInt8]] =
      switch id {
      case .intl:
        // Zero, one, and a coordinate that is not reduced.
        [
          [UInt8](repeating: 0, count: count), [1] + [UInt8](repeating: 0, count: count - 1),
          [UInt8](repeating: 0xff, count: count),
        ]
      case .sm, .nist:
        // Zero, another form of encoding, and a point beside the curve.
        [
          [UInt8](repeating: 0, count: count), [2] + [UInt8](repeating: 1, count: count - 1),
          try id.noise.generateKey().publicKey.encoded.flipping(count - 1),
        ]
      }
    for point in points {
      var pair = try NoisePair(id)
      #expect(throws: NoiseFault.invalidKey) { try pair.read(0, point) }
    }
  }

  @Test("Nobody speaks out of turn or splits too early")
  func turns() throws {
    var pair = try NoisePair(.intl)
    #expect(throws: NoiseFault.outOfTurn) { try pair.responder.writeMessage() }
    #expect(throws: NoiseFault.outOfTurn) { try pair.initiator.readMessage([]) }
    #expect(throws: NoiseFault.outOfTurn) { try pair.initiator.split() }
    let first = try pair.write(0)
    #expect(throws: NoiseFault.outOfTurn) { try pair.initiator.writeMessage() }
    _ = try pair.read(0, first)
    _ = try pair.read(1, pair.write(1))
    _ = try pair.read(2, pair.write(2))
    #expect(throws: NoiseFault.outOfTurn) { try pair.initiator.writeMessage() }
    #expect(throws: NoiseFault.outOfTurn) { try pair.responder.writeMessage() }
  }

  @Test("A key of another suite or use starts no handshake")
  func wrongKeys() throws {
    let keys = [try SuiteID.sm.noise.generateKey(), try SuiteID.intl.suite.generateSigningKey()]
    for key in keys {
      #expect(throws: NoiseFault.failed(.wrongKey(expected: "intl sealing"))) {
        try NoiseHandshake(.intl, role: .initiator, staticKey: key, prologue: [])
      }
    }
  }

  @Test("A payload that makes a handshake message too long is refused")
  func longPayload() throws {
    var pair = try NoisePair(.intl)
    let payload = [UInt8](repeating: 0, count: NoiseSuite.messageByteCountMax - 31)
    #expect(throws: NoiseFault.tooLong(byteCount: NoiseSuite.messageByteCountMax + 1)) {
      try pair.write(0, payload)
    }
  }
}
