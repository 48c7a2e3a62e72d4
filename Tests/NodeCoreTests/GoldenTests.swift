import Foundation
import FuzzEntries
import LedgerModel
import LedgerStore
import NodeCore
import TestLedger
import Testing

@Suite("What nodes tell each other has the bytes that it always had")
struct GoldenTests {
  private let chain: FuzzChain

  init() throws { chain = try FuzzChain() }

  @Test("Each golden value is encoded as its file says, and no file is left over")
  func files() throws {
    let golden = try GoldenInput.all(chain)
    for input in golden {
      let file = Fixtures.folder(input.decoder).appending(path: "golden-\(input.name)")
      if Fixtures.isWriting {
        try FileManager.default.createDirectory(
          at: Fixtures.folder(input.decoder), withIntermediateDirectories: true)
        try Data(input.bytes).write(to: file)
      }
      let frozen = [UInt8](try Data(contentsOf: file))
      #expect(frozen == input.bytes, "\(input.decoder.rawValue)/golden-\(input.name)")
    }
    for decoder in Decoder.allCases {
      let found = try Fixtures.inputs(decoder).map(\.name).filter { $0.hasPrefix("golden-") }
      let expected = golden.filter { $0.decoder == decoder }.map { "golden-\($0.name)" }
      #expect(found == expected.sorted())
    }
  }

  @Test("Every kind of message has a golden value, which is read as the same value")
  func messages() throws {
    let messages = try GoldenValues(chain).messages
    #expect(Set(messages.map(\.message.kind)) == Set(PeerMessage.Kind.allCases))
    for (name, message) in messages {
      let again = try PeerMessage(
        kind: message.kind.rawValue, decoding: message.encoded, suite: chain.suite)
      #expect(again == message, "\(name)")
    }
  }

  @Test("A batch and an answer to who catches up are read as they were sent")
  func bulk() throws {
    let values = try GoldenValues(chain)
    for batch in values.batches {
      let again = try BatchCheck.decode(BatchCheck.encode(batch), suite: chain.suite)
      #expect(again.digest == batch.digest)
      #expect(again.transactions.map { $0.encoded() } == batch.transactions.map { $0.encoded() })
      #expect(
        BatchCheck.encode(batch.transactions.map { $0.encoded() }) == BatchCheck.encode(batch))
    }
    let blocks = try CatchUpCheck(
      parent: nil, epoch: Epoch(first: chain.genesis), chainID: chain.genesis.chainID,
      suite: chain.suite
    ).check(CatchUpCheck.encode(values.packages, from: 1))
    #expect(blocks.map(\.block.header) == values.packages.map(\.block.header))
    #expect(blocks.map(\.block.finalization) == values.packages.map(\.block.finalization))
    #expect(blocks.map { $0.batches.map(\.digest) } == values.packages.map(\.block.batches))
    #expect(
      blocks.map { $0.transactions.map { $0.encoded() } } == values.packages.map { $0.batches[0] })
  }

  @Test("Every kept input is refused by a typed fault or read without doubt",
    arguments: Decoder.allCases)
  func keptInputs(_ decoder: Decoder) throws {
    let inputs = try Fixtures.inputs(decoder)
    #expect(!inputs.isEmpty)
    for (name, bytes) in inputs {
      let outcome = decoder.judge(bytes, on: chain)
      switch outcome {
      case .ambiguous: Issue.record("\(decoder.rawValue)/\(name) has a second encoding")
      case .refused, .accepted: break
      }
      // What must be read is read: golden inputs are no nonsense. Contracts refuse for the state.
      if name.hasPrefix("golden-"), decoder != .arguments {
        #expect(outcome == .accepted, "\(decoder.rawValue)/\(name)")
      }
    }
  }
}

extension PeerMessage {
  /// Messages are equal if they are of one kind and say the same.
  static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.status(let left), .status(let right)): left == right
    case (.proposal(let left, let leftBatches, let leftVote),
      .proposal(let right, let rightBatches, let rightVote)):
      left == right && leftBatches == rightBatches && leftVote == rightVote
    case (.vote(let left), .vote(let right)): left == right
    case (.certificate(let left), .certificate(let right)): left == right
    case (.batch(let left), .batch(let right)): left == right
    case (.batchRequest(let left), .batchRequest(let right)): left == right
    case (.blockRequest(let left), .blockRequest(let right)): left == right
    case (.block(let left, let leftBatches), .block(let right, let rightBatches)):
      left == right && leftBatches == rightBatches
    case (.certificateRequest(let left, let leftViews),
      .certificateRequest(let right, let rightViews)):
      left == right && leftViews == rightViews
    case (.catchUpRequest(let left), .catchUpRequest(let right)): left == right
    case (.catchUp(let left), .catchUp(let right)): left == right
    default: false
    }
  }
}
