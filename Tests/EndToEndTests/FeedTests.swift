import LedgerClient
import LedgerModel
import LightVerifier
import Testing
import Wire

extension EndToEnd {
  @Suite("Feed")
  struct Feed {
    @Test("A feed resumed after each restart gives every record once and in order")
    func resumedFeed() async throws {
      try await TestNetwork.with { network in
        try await network.start()
        let recorder = try await Recorder(network.ledger, network.identity("finance"))
        let reader = FeedReader()
        for round in 0..<4 {
          // The reader sees what is recorded before it comes, while it reads, and a broken stream.
          try await record(3, from: round * 100, recorder)
          let feed = try await network.connection.events(from: reader.next)
          let reading = Task { try await reader.read(feed) }
          try await record(3, from: round * 100 + 50, recorder)
          if round.isMultiple(of: 2) {
            await network.kill()
          } else {
            #expect(await network.stop() == 0)
          }
          try await reading.value
          try await network.start()
        }
        let size = try await network.connection.status().logSize
        if await reader.next < size {
          try await reader.read(network.connection.events(from: reader.next), until: size)
        }
        try await check(reader.items, size: size, network)
      }
    }

    @Test("A feed from beyond the log waits for the record of that position")
    func feedFromTheEnd() async throws {
      try await TestNetwork.with { network in
        let size = try await network.start().logSize
        let recorder = try await Recorder(network.ledger, network.identity("finance"))
        let feed = try await network.connection.events(from: size)
        try await record(1, from: 1, recorder)
        var iterator = feed.makeAsyncIterator()
        #expect(try await iterator.next()?.position == size)
      }
    }

    private func record(_ count: Int, from first: Int, _ recorder: Recorder) async throws {
      for number in first..<first + count {
        let put = try recorder.put(number: number)
        let receipts = try await recorder.ledger.submit(
          [put.call], attachments: put.attachments, by: recorder.identity)
        #expect(receipts.map(\.isDone) == [true])
      }
    }

    /// Each record is at its place, and is the one that the log proves there.
    private func check(
      _ items: [WireFeedItem], size: UInt64, _ network: TestNetwork
    ) async throws {
      #expect(items.map(\.position) == Array(0..<size))
      for item in items {
        let bundle = try await network.connection.logRecord(at: item.position)
        _ = try network.ledger.verifier.verify(bundle)
        #expect(bundle.items.first?.log.record == item.record)
        #expect(bundle.items.first?.log.kind == item.kind)
      }
    }
  }
}

/// Keeps what it reads, over any number of feeds.
private actor FeedReader {
  private(set) var items: [WireFeedItem] = []

  /// Where to go on.
  var next: UInt64 { (items.last?.position).map { $0 + 1 } ?? 0 }

  /// Reads until the feed ends or breaks, or until the log's end.
  func read(_ feed: EventFeed, until size: UInt64 = .max) async throws {
    do {
      for try await item in feed {
        items.append(item)
        if next >= size { return }
      }
    } catch ClientFault.unreachable {
      // The node was killed: the next feed goes on where this one broke.
    }
  }
}
