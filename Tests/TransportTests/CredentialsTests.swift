import Cryptography
import Testing

@testable import Transport

/// What a process shows of itself, and what that is worth to others.
struct CredentialsTests {
  @Test("Preamble and signed statement have the bytes of the specification")
  func golden() throws {
    let chain = try #require(Digest(Array(0..<32)))
    for id in SuiteID.allCases {
      let identity = try id.suite.generateSigningKey()
      let credentials = try LinkCredentials(suite: id, chain: chain, identity: identity)
      let start = Array("YILIAN-LINK1".utf8) + Array(0..<32)
      #expect(credentials.preamble == start + [id.rawValue])
      #expect(credentials.preamble.count == LinkCredentials.preambleByteCount)
      for (role, byte) in [(NoiseHandshake.Role.initiator, 1 as UInt8), (.responder, 2)] {
        let proof = credentials.proof(as: role)
        let key = identity.publicKey.encoded
        #expect(Array(proof.prefix(key.count)) == key)
        let signature = try #require(Signature(Array(proof.dropFirst(key.count))))
        let staticKey = try credentials.handshake(role).ownStaticKey.encoded
        let statement = start + [byte] + staticKey
        let isValid = id.suite.isValid(
          signature, of: statement.span, by: identity.publicKey)
        #expect(isValid)
      }
    }
  }

  @Test("Every process has a static key of its own")
  func freshStaticKey() throws {
    let identity = try SuiteID.intl.suite.generateSigningKey()
    let first = try LinkCredentials(suite: .intl, chain: .zero, identity: identity)
    let second = try LinkCredentials(suite: .intl, chain: .zero, identity: identity)
    let keys = try (first.handshake(.initiator), second.handshake(.initiator))
    #expect(keys.0.ownStaticKey != keys.1.ownStaticKey)
  }

  @Test("A key of another suite or use is no identity")
  func wrongIdentity() throws {
    for key in [
      try SuiteID.sm.suite.generateSigningKey(), try SuiteID.intl.suite.generateSealingKey(),
    ] {
      #expect(throws: CryptographyFault.self) {
        try LinkCredentials(suite: .intl, chain: .zero, identity: key)
      }
    }
  }

  /// Mallory lets the victim dial it and passes the victim's proof on.
  @Test("A proof that was shown to one is worth nothing with another static key or role")
  func borrowedProof() throws {
    let victim = try LinkCredentials(
      suite: .intl, chain: .zero, identity: SuiteID.intl.suite.generateSigningKey())
    let mallory = try SuiteID.intl.noise.generateKey().publicKey
    let proof = victim.proof(as: .initiator)
    let handshake = try victim.handshake(.initiator)
    let own = handshake.ownStaticKey
    #expect(try victim.verify(proof, from: .initiator, holding: own) == victim.key)
    #expect(throws: LinkRefusal.unproven) {
      try victim.verify(proof, from: .initiator, holding: mallory)
    }
    #expect(throws: LinkRefusal.unproven) {
      try victim.verify(proof, from: .responder, holding: own)
    }
    let other = try #require(Digest([UInt8](repeating: 7, count: 32)))
    let elsewhere = try LinkCredentials(
      suite: .intl, chain: other, identity: SuiteID.intl.suite.generateSigningKey())
    #expect(throws: LinkRefusal.unproven) {
      try elsewhere.verify(proof, from: .initiator, holding: own)
    }
    for index in proof.indices {
      var altered = proof
      altered[index] ^= 1
      #expect(throws: LinkRefusal.unproven) {
        try victim.verify(altered, from: .initiator, holding: own)
      }
    }
    #expect(throws: LinkRefusal.malformed) {
      try victim.verify(proof.dropLast(), from: .initiator, holding: own)
    }
  }
}
