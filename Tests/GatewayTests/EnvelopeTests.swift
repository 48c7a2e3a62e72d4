import Cryptography
import Foundation
import Testing
import Wire

@testable import GatewayKit
@testable import RESTGateway

@Suite("Envelope")
struct EnvelopeTests {
  private let payload = Array("{\"outcome\":{\"status\":\"DONE\"}}".utf8)

  private func message(_ envelope: SealedEnvelope) throws -> WireGatewayEnvelope {
    try JSONForm.decode(WireGatewayEnvelope.self, envelope.bytes, limit: SealedEnvelope.bytesMax)
  }

  @Test("A request opens at the other end, and its answer here", arguments: SuiteID.allCases)
  func roundTrip(_ suite: SuiteID) throws {
    let keys = try TestKeys(suite)
    let request = try SealedEnvelope(sealing: payload, with: keys.router)
    let opened = try SealedEnvelope(opening: request.bytes, with: keys.bureau)
    #expect(opened.payload == payload)
    #expect(opened.digest == request.digest)
    let answer = try SealedEnvelope(sealing: [1], answering: opened.digest, with: keys.bureau)
    let back = try SealedEnvelope(
      opening: answer.bytes, answering: request.digest, with: keys.router)
    #expect(back.payload == [1])
  }

  /// What these keys sealed once; the two ends may be of different versions.
  private static let golden: [(SuiteID, String)] = [
    (
      .sm,
      #"{"version":1,"sender":"router","recipient":"bureau","key_id":"XEkk/0d9I40=","wrapped_key":"BAdysalKFuqYib/6AIihWb0X5+EF1+cmII1fvpJnQWpmgddsg6Gi9Aej06Rp1/N2GSbGDCVOTHwz4KnlD8XD+CiW3ZhU9X2iNivM7Oxt5Ydd+HJoprcxsO9YlVZNlyw12HlKVBEJXEx9VxYW9y5Wh2s=","sealed":"En93lE/BkxThBWys2iMAlOMlettj8p/k4G8fNvCTXGfHikz5s1wEoS4zleJ5wZ1P3BuhPcSZpFWp","signature":"DbeLtGT/ACyz/vrKV6sye/22tHiEi8b6+QKfl08g3XrAUxrzjPV2A4K34tUcxFg52IEqIeCv7daYadZ0uh8rNQ=="}"#
    ),
    (
      .intl,
      #"{"version":1,"sender":"router","recipient":"bureau","key_id":"u+7Vb5nwOwQ=","wrapped_key":"rod36gttskLJ4784XxgVj+pLbL7v9XZ6dPRGUCFe7knC02am8KkPnkwv5LqRlBy6INoe6srxiZ0DZXdC5SAyKbcPxjsvDVFMq9lf7nlKlqo=","sealed":"Vm7Vhhq82ZsL9hzxK6LYF7ZnwO7gCYiIj5KcMVdZvxNShfjX+k5ndRmvghzxqyqpMRxjazYndlJqN6BgDnINFt4X2U1W","signature":"Kgsrws5d8yLYQwRH9OE3mbU224f2vc0BsCbiMADGcFXEmm8xblbY2h+E5prKwyoUhfq4UxEXoRdKUBev5b5FBw=="}"#
    ),
    (
      .nist,
      #"{"version":1,"sender":"router","recipient":"bureau","key_id":"Qasv35ax9G0=","wrapped_key":"BFwlHuMJgJAuEm1hwuwoB7DNCnS2NNtks8C5D1MmArNhAJJJphD/rh6tjW2JPmeFxJH36xxm/uM20ZKTt9gD5PDGfkWRKyft9OfSG1xlH0gtezIyAPHZPikTY49WzheVTSSFqfJQFCyq6ghaawuf1yg=","sealed":"/WrDhFcVk6XAKJzXoc8U57kR3NlM0hRlgBulX+akg6mT0LCI1N0k1RTayF/Oge0sYLalorNV94+u","signature":"gsF0/Z+UKmMgwWJ0smcQ8HFN399uIcPuc3Abv/GAdLxIs7jEegJCdEOvsepUouSm/7HuA3c9fQdbbDg4RPFwpQ=="}"#
    ),
  ]

  @Test("An envelope that was sealed once opens", arguments: golden)
  private func opensGolden(_ suite: SuiteID, _ text: String) throws {
    let keys = try TestKeys(suite)
    let opened = try SealedEnvelope(opening: Array(text.utf8), with: keys.bureau)
    #expect(opened.payload == payload)
  }

  @Test("Nothing of what is encrypted is readable in it")
  func confidential() throws {
    let keys = try TestKeys(.sm)
    let secret = Array("身份证号 110101199003070000".utf8)
    let envelope = try message(SealedEnvelope(sealing: secret, with: keys.router))
    #expect(Data(envelope.sealed.octets).range(of: Data(secret)) == nil)
    #expect(throws: EnvelopeFault.self) {
      try SealedEnvelope(opening: JSONForm.encode(envelope), with: keys.router)
    }
  }

  @Test("An envelope opens by the steps of the specification alone", arguments: SuiteID.allCases)
  func bySteps(_ id: SuiteID) throws {
    let keys = try TestKeys(id)
    let suite = id.suite
    let asked = try SealedEnvelope(sealing: payload, with: keys.router)
    let envelope = try message(
      SealedEnvelope(sealing: payload, answering: asked.digest, with: keys.bureau))
    let binding =
      [0x2f, 1, 2] + [6] + Array("bureau".utf8) + [6] + Array("router".utf8) + asked.digest.bytes
    let wrapped = envelope.wrappedKey.octets
    let count = UInt32(wrapped.count)
    let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) }
    let signed = binding + length + wrapped + envelope.sealed.octets
    let digest = suite.hash(signed.span)
    let signature = try #require(Signature(envelope.signature.octets))
    let isSigned = suite.isValid(
      signature, of: digest.bytes.span, by: keys.bureau.identity.signing)
    #expect(isSigned)
    let key = try suite.unwrap(wrapped, with: keys.router.sealing)
    let nonce = Array(envelope.sealed.octets.prefix(suite.nonceByteCount))
    let ciphertext = Array(envelope.sealed.octets.dropFirst(suite.nonceByteCount))
    let opened = try suite.open(
      ciphertext.span, key: key, nonce: nonce,
      authenticating: binding.span)
    #expect(opened.copyBytes() == payload)
  }

  @Test("Any altered field is refused", arguments: SuiteID.allCases)
  func altered(_ suite: SuiteID) throws {
    let keys = try TestKeys(suite)
    let good = try message(SealedEnvelope(sealing: payload, with: keys.router))
    func refused(_ what: String, _ change: (inout WireGatewayEnvelope) -> Void) {
      var envelope = good
      change(&envelope)
      #expect(throws: EnvelopeFault.self, "\(what)") {
        try SealedEnvelope(opening: JSONForm.encode(envelope), with: keys.bureau)
      }
    }
    _ = try SealedEnvelope(opening: JSONForm.encode(good), with: keys.bureau)
    refused("version") { $0.version = 2 }
    refused("sender") { $0.sender = "other" }
    refused("recipient") { $0.recipient = "other" }
    refused("key id") { $0.keyID[0] ^= 1 }
    for index in [0, good.wrappedKey.count / 2, good.wrappedKey.count - 1] {
      refused("wrapped key \(index)") { $0.wrappedKey[index] ^= 1 }
    }
    for index in good.sealed.indices { refused("sealed \(index)") { $0.sealed[index] ^= 1 } }
    for index in [0, 31, 32, 63] { refused("signature \(index)") { $0.signature[index] ^= 1 } }
    refused("no signature") { $0.signature = Data() }
    refused("shorter") { $0.sealed.removeLast() }
    refused("all gone") { $0 = WireGatewayEnvelope() }
  }

  @Test("An answer is believed only by whoever asked just that, and a request is no answer")
  func binding() throws {
    let keys = try TestKeys(.nist)
    let (first, second) = (
      try SealedEnvelope(sealing: payload, with: keys.router),
      try SealedEnvelope(sealing: payload, with: keys.router)
    )
    let answer = try SealedEnvelope(sealing: payload, answering: first.digest, with: keys.bureau)
    _ = try SealedEnvelope(opening: answer.bytes, answering: first.digest, with: keys.router)
    #expect(throws: EnvelopeFault.notSigned(by: "bureau")) {
      try SealedEnvelope(opening: answer.bytes, answering: second.digest, with: keys.router)
    }
    #expect(throws: EnvelopeFault.notSigned(by: "bureau")) {
      try SealedEnvelope(opening: answer.bytes, with: keys.router)
    }
    let zero = try SealedEnvelope(sealing: payload, with: keys.bureau)
    #expect(throws: EnvelopeFault.notSigned(by: "bureau")) {
      try SealedEnvelope(opening: zero.bytes, answering: .zero, with: keys.router)
    }
    let stranger = try SealedEnvelope(
      sealing: payload, answering: first.digest, with: keys.stranger)
    #expect(throws: EnvelopeFault.notSigned(by: "bureau")) {
      try SealedEnvelope(opening: stranger.bytes, answering: first.digest, with: keys.router)
    }
  }

  @Test(
    "What is no envelope is refused by name",
    arguments: [
      "", "{", "[]", "{\"unknown\":1}", "{\"sealed\":\"%%\"}", "{\"version\":\"x\"}", "null",
      String(repeating: "[", count: 10_000),
    ])
  func malformed(_ text: String) throws {
    let keys = try TestKeys(.intl)
    #expect(throws: EnvelopeFault.self) {
      try SealedEnvelope(opening: Array(text.utf8), with: keys.bureau)
    }
  }

  @Test("Keys of two suites do not make an exchange")
  func suites() throws {
    let (sm, intl) = (try TestKeys(.sm), try TestKeys(.intl))
    #expect(throws: CryptographyFault.self) {
      try EnvelopeKeys(
        name: "router", signing: sm.router.signing, sealing: sm.router.sealing,
        peer: intl.router.peer)
    }
  }
}
