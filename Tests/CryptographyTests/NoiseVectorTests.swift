import Testing

@testable import Cryptography

/// The published runs, and our own for the suites that have none.
struct NoiseVectorTests {
  @Test(
    "The machine says and understands what others published",
    arguments: [NoiseVector.cacophony, .snow])
  func published(_ vector: NoiseVector) throws {
    var pair = try NoisePair(
      .intl,
      secrets: [
        bytes(vector.initiatorStatic), bytes(vector.initiatorEphemeral),
        bytes(vector.responderStatic), bytes(vector.responderEphemeral),
      ], prologue: bytes(vector.prologue))
    for (index, message) in vector.messages.prefix(3).enumerated() {
      let sent = try pair.write(index, bytes(message.payload))
      #expect(sent.hex == message.sent)
      #expect(try pair.read(index, sent).hex == message.payload)
    }
    var (initiator, responder) = (try pair.initiator.split(), try pair.responder.split())
    #expect(initiator.handshakeHash == responder.handshakeHash)
    if let hash = vector.handshakeHash { #expect(initiator.handshakeHash.hex == hash) }
    for (index, message) in vector.messages.enumerated().dropFirst(3) {
      let payload = try bytes(message.payload)
      let isFromInitiator = NoisePair.isFromInitiator(index)
      let sent =
        try isFromInitiator
        ? initiator.outgoing.encrypt(bytes: payload) : responder.outgoing.encrypt(bytes: payload)
      #expect(sent.hex == message.sent)
      let read =
        try isFromInitiator
        ? responder.incoming.decrypt(bytes: sent) : initiator.incoming.decrypt(bytes: sent)
      #expect(read == payload)
    }
  }

  /// What both sides say with the secrets 01…, 02…, 03…, 04…, then the handshake's hash and two
  /// messages. A second implementation, in another language and on other libraries, said the same.
  @Test("Bytes said once are said ever after", arguments: [SuiteID.sm, .nist])
  func golden(_ id: SuiteID) throws {
    let secrets = (1...4).map { [UInt8](repeating: UInt8($0), count: 32) }
    var pair = try NoisePair(id, secrets: secrets)
    var said: [String] = []
    for (index, payload) in ["one", "two", "three"].enumerated() {
      let sent = try pair.write(index, utf8(payload))
      _ = try pair.read(index, sent)
      said.append(sent.hex)
    }
    var session = try pair.initiator.split()
    said.append(session.handshakeHash.hex)
    for payload in ["four", "five"] {
      said.append(try session.outgoing.encrypt(bytes: utf8(payload)).hex)
    }
    #expect(said == Self.golden(id))
  }

  private static func golden(_ id: SuiteID) -> [String] {
    switch id {
    case .sm:
      [
        "04f7b4f221c62c45fb173fba72cf1717e55935e964712e604f927126ad4d00f6bead23f2"
          + "dfefbe538d811ffe515c04f030f4058ab5ddd28f3d1f55f6993e81ea576f6e65",
        "04bd4286e70738e323202e299d3139fb71c8793f3ddb59d94be40af1a882217f5f16bdc9"
          + "2182c938f7c3aa36292204a27ecc82f71bffcae10336cdee43d983101a69377a3d882a03"
          + "dd833b9690e552b8954f9afb149f193fe0813089e0e7dc699bba9054e32619060e1526f1"
          + "afb5c5bb87c72f5453cc5958003f3f71b22c8a7400ebe31e9f3101af5988a85446d30cd5"
          + "0986e6ee9f40d3b4ea4c45408f343ca2f00f75ad87",
        "2e82f4179404ccdf5a8076a5009c961db13ad1b294f6e77971c4c9d787b4ce4e0ec32c10"
          + "eecc1bb4122868842444138d0534b9df75f412d4b78d8d9c39cc81edb35f1b712a8ac006"
          + "79726fd33876b3496f243ce40d9ffa851204bce4ae0165b03d6b2ee47349",
        "8e68a47ca10a5cec492cc09d9c7a6d3f5671262ac8c61f86abba24111e74b303",
        "5380c81c9e4d01c23c60b49a672512e20cc475bc",
        "cd15d173db4ce0a01a482286fdb14ac6df7629b4",
      ]
    case .nist:
      [
        "04550f471003f3df97c3df506ac797f6721fb1a1fb7b8f6f83d224498a65c88e24136093"
          + "d7012e509a73715cbd0b00a3cc0ff4b5c01b3ffa196ab1fb327036b8e66f6e65",
        "0473103ec30b3ccf57daae08e93534aef144a35940cf6bbba12a0cf7cbd5d65a64d82c8c"
          + "99e9d3c45f9245ba9b27982c9aea8ec1db94b19c44795942c0eb22aa32d804068b3317d9"
          + "f2b5c79f01c3408304617d417a587ec01ff7d3aecfd2b49ba5077dfb5e9acfff6190f238"
          + "4df8e54fac826529b28f415fd98016ca351c5ea1a29e2ffeb32548b3b90b68a4468f6cf0"
          + "e4bb175e4b311e61d28a519a153a5c19e3b0ce87ad",
        "43e2f71dcaaaaabd1bc0e8c78bd17d22633155351c8cd19d0cb83d853261cf0ebee50a1d"
          + "3c6f9376f08c9ab4cc284732b7fe60d5b4be308d869dfa7b8454ac490cb27d2432baf010"
          + "0c2bfd0a4fea1cf1cb7e543213579043cba2802d524cf7cbbd929811a081",
        "3057475f16320f744df41927f0c1ffa23808be63fa15e2bdfefc6d992dbc0829",
        "a61f3ab76afe6847bb981d5501943e3f9c6c9839",
        "abd54520ee9abc7de67ae9ac47970f5a59fd41c9",
      ]
    case .intl: []
    }
  }
}
