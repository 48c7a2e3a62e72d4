import Cryptography
import FuzzEntries
import LedgerModel
import NodeCore
import TestLedger
import Testing
import Wire

@Suite("No mutilated input is read in two ways, and none stops a node")
struct MutilationTests {
  private let chain: FuzzChain

  init() throws { chain = try FuzzChain() }

  static let encodedOnce = Decoder.allCases.filter { ![.keyFile, .invoice].contains($0) }

  @Test("Cut off anywhere, an input is refused or has no other encoding", arguments: encodedOnce)
  func cutOff(_ decoder: Decoder) throws {
    for input in try GoldenInput.all(chain) where input.decoder == decoder {
      for count in 0..<input.bytes.count {
        let outcome = decoder.judge(Array(input.bytes.prefix(count)), on: chain)
        guard case .ambiguous = outcome else { continue }
        Issue.record("\(input.name) cut off after \(count) bytes")
      }
    }
  }

  @Test("With any one byte altered, an input is refused or has no other encoding",
    arguments: encodedOnce)
  func altered(_ decoder: Decoder) throws {
    var generator = SeededGenerator(seed: 5)
    for input in try GoldenInput.all(chain) where input.decoder == decoder {
      // Large ones have many signatures, which take time.
      let isLarge = input.bytes.count > 1_024
      for index in input.bytes.indices {
        let chance = UInt8.random(in: 1...255, using: &generator)
        for change in isLarge ? [chance] : [1, 0x80, chance] {
          var bytes = input.bytes
          bytes[index] ^= change
          guard case .ambiguous = decoder.judge(bytes, on: chain) else { continue }
          Issue.record("\(input.name) with byte \(index) altered by \(change)")
        }
      }
    }
  }

  @Test("An unknown field is refused in every message")
  func unknownField() throws {
    for (name, message) in try GoldenValues(chain).messages {
      // Field 1,000, which no message has, with the value 1.
      let bytes = message.encoded + [0xc0, 0x3e, 0x01]
      switch message.kind {
      case .batch:
        let fault = BatchFault.malformed(.wire(.notCanonical(message: "yilian.v1.PeerBatch")))
        #expect(throws: fault) { try BatchCheck.decode(bytes, suite: chain.suite) }
      case .catchUp:
        let fault = CatchUpFault.malformed(
          .wire(.notCanonical(message: "yilian.v1.CatchUpResponse")))
        #expect(throws: fault) { try chain.catchUpCheck.check(bytes) }
      default:
        #expect("\(name)") {
          try PeerMessage(kind: message.kind.rawValue, decoding: bytes, suite: chain.suite)
        } throws: {
          guard case .malformed(.wire(.notCanonical))? = $0 as? PeerFault else { return false }
          return true
        }
      }
    }
  }

  @Test("A message of an unknown kind is refused, whatever it holds")
  func unknownKind() throws {
    let known = Set(PeerMessage.Kind.allCases.map(\.rawValue))
    for kind in UInt8.min...UInt8.max where !known.contains(kind) {
      for bytes in [[], [0], [8, 1]] as [[UInt8]] {
        #expect(throws: PeerFault.unknownKind(kind)) {
          try PeerMessage(kind: kind, decoding: bytes, suite: chain.suite)
        }
      }
    }
  }

  @Test("A payload read as another kind is refused or has no other encoding")
  func otherKind() throws {
    for (name, message) in try GoldenValues(chain).messages {
      for kind in PeerMessage.Kind.allCases {
        guard
          case .ambiguous = Decoder.peerMessage.judge([kind.rawValue] + message.encoded, on: chain)
        else { continue }
        Issue.record("\(name) as \(kind)")
      }
    }
  }

  @Test("A message over its kind's limit is refused before it is read")
  func oversized() {
    for kind in PeerMessage.Kind.allCases where kind != .batch && kind != .catchUp {
      let bytes = [UInt8](repeating: 0, count: kind.byteLimit + 1)
      #expect {
        try PeerMessage(kind: kind.rawValue, decoding: bytes, suite: chain.suite)
      } throws: {
        guard case .malformed(.wire(.tooLarge(_, bytes.count, kind.byteLimit)))? = $0 as? PeerFault
        else { return false }
        return true
      }
    }
    let batchLimit = PeerMessage.Kind.batch.byteLimit
    #expect(
      throws: BatchFault.malformed(
        .wire(
          .tooLarge(message: "yilian.v1.PeerBatch", bytes: batchLimit + 1, limit: batchLimit)))
    ) {
      try BatchCheck.decode([UInt8](repeating: 0, count: batchLimit + 1), suite: chain.suite)
    }
    let limit = PeerMessage.Kind.catchUp.byteLimit
    #expect(
      throws: CatchUpFault.malformed(
        .wire(.tooLarge(message: "yilian.v1.CatchUpResponse", bytes: limit + 1, limit: limit)))
    ) { try chain.catchUpCheck.check([UInt8](repeating: 0, count: limit + 1)) }
  }

  @Test("A block that brings a vote is no answer, and a proposal needs one")
  func votes() throws {
    let messages = try GoldenValues(chain).messages
    let proposal = try #require(messages.first { $0.name == "proposal" }).message.encoded
    #expect(
      throws: PeerFault.malformed(
        .invalid(field: "block.vote", value: "1", remedy: "send it as a proposal"))
    ) { try PeerMessage(kind: 8, decoding: proposal, suite: chain.suite) }
    let block = try #require(messages.first { $0.name == "block" }).message.encoded
    #expect(
      throws: PeerFault.malformed(
        .invalid(field: "vote.signature", value: "0 bytes", remedy: "a signature has 64 bytes"))
    ) { try PeerMessage(kind: 2, decoding: block, suite: chain.suite) }
  }

  @Test("Views are asked for 64 at most, in order, from the first on")
  func viewsAskedFor() throws {
    func read(_ first: UInt64, _ last: UInt64) throws -> PeerMessage {
      var wire = WireCertificateRequest()
      wire.firstView = first
      wire.lastView = last
      return try PeerMessage(kind: 9, decoding: wire.encoded, suite: chain.suite)
    }
    for (first, last) in [(1, 1), (1, 64), (.max - 63, .max)] as [(UInt64, UInt64)] {
      _ = try read(first, last)
    }
    for (first, last) in [(0, 0), (0, 1), (2, 1), (1, 65), (1, .max), (.max, 1)]
      as [(UInt64, UInt64)]
    {
      #expect(throws: PeerFault.self) { try read(first, last) }
    }
  }
}

extension FuzzChain {
  /// What a node that holds nothing asks of an answer.
  var catchUpCheck: CatchUpCheck {
    CatchUpCheck(
      parent: nil, epoch: Epoch(first: genesis), chainID: genesis.chainID, suite: suite)
  }
}
