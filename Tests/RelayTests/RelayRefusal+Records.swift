import BuiltinContracts
import LedgerModel
import LedgerStore
import Wire

extension RelayRefusal {
  /// A packet is brought with records of how its content was sealed anew.
  private static func recorded(
    _ title: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelayReceive) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, "reencryption", field, value) { story in
      try story.givenSent("N1")
      let evidence = try Crossing.sync(story.here, to: story.there)
      return try story.there.submit(
        "router", story.receive(1, evidence) { call, _ in try change(&call) })
    }
  }

  /// One record says something else.
  private static func saying(
    _ title: String, _ index: Int, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelayReencryptionBody) -> Void
  ) -> RelayRefusal {
    recorded(title, "records[\(index)].\(field)", value) { call in
      var body = try RelayReencryptionBody(
        strict: call.records[index].body.octets, limit: RelayContract.Limit.recordBytes)
      change(&body)
      call.records[index].body = body.encoded.data
    }
  }

  /// Records that do not lead from the content at the source to the one that is attached.
  static let records: [RelayRefusal] = [
    recorded("Content comes with the records of two routers", "records", "1, not 2") {
      $0.records.removeLast()
    },
    RelayRefusal(
      "A packet without content has no records", "reencryption", "records", "1, not 0",
      when: { story in
        var send = story.send("N1") {
          Crossing.empty(&$0.packet)
          $0.clearSealed()
        }
        send.contents = []
        try story.here.given("sender", send)
        try story.here.run()
        let evidence = try Crossing.sync(story.here, to: story.there)
        var receive = try story.receive(1, evidence) { call, _ in
          call.clearSealed()
          call.records = [RelayReencryption()]
        }
        receive.contents = []
        return try story.there.submit("router", receive)
      }),
    recorded("A record can be read", "records[1].body", "1 bytes") {
      $0.records[1].body = [UInt8]([1]).data
    },
    recorded("A record is signed", "records[1].signature", "0 bytes") {
      $0.records[1].signature = [UInt8]().data
    },
    saying("A record is of the packet's channel", 0, "channel", "x") { $0.channel = "x" },
    saying("A record is of the packet", 1, "sequence", "2") { $0.sequence = 2 },
    saying("A record is of the packet's source", 1, "source_chain", "01") {
      $0.sourceChain = [UInt8]([1]).data
    },
    saying("A record has the packet's commitment", 0, "commitment", "02") {
      $0.commitment = [UInt8]([2]).data
    },
    saying("Content is opened in its source's suite", 0, "suite_in", "nist") {
      $0.suiteIn = "nist"
    },
    saying("What was opened first is what the source has", 0, "digest_in", "03") {
      $0.digestIn = [UInt8]([3]).data
    },
    saying("Content travels in the channel's mechanism", 0, "suite_out", "sm") {
      $0.suiteOut = "sm"
    },
    saying("A record names what was made", 0, "digest_out", "1 bytes") {
      $0.digestOut = [UInt8]([4]).data
    },
    saying("The first router is one of the channel's", 0, "router", "router-p") {
      $0.router = "router-p"
    },
    saying("A router has a name", 1, "router", "") { $0.router = "" },
    saying("Content is opened in the channel's mechanism", 1, "suite_in", "sm") {
      $0.suiteIn = "sm"
    },
    saying("What was opened next is what the first made", 1, "digest_in", "05") {
      $0.digestIn = [UInt8]([5]).data
    },
    saying("Content arrives in this chain's suite", 1, "suite_out", "nist") {
      $0.suiteOut = "nist"
    },
    saying(
      "What was made last is attached", 1, "digest_out", String(repeating: "06", count: 32)
    ) { $0.digestOut = [UInt8](repeating: 6, count: 32).data },
    saying("Content is sealed to the recipient's key", 1, "key_id_out", "07") {
      $0.keyIDOut = [UInt8]([7]).data
    },
  ]
}
