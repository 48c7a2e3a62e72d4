/// Which nodes are connected, and whose messages are lost on the way.
struct SimulatedNetwork {
  private let count: Int
  /// The number of the present connection of each pair; 0: none.
  private var connections: [Int]
  private var latest: Int = 0
  /// How many partitions keep messages from passing, by direction.
  private var silenced: [Int]
  /// How many partitions keep a pair from connecting.
  private var severed: [Int]

  init(count: Int) {
    self.count = count
    connections = Array(repeating: 0, count: count * count)
    silenced = connections
    severed = connections
  }

  func connection(_ one: Int, _ other: Int) -> Int { connections[one * count + other] }
  func isConnected(_ one: Int, _ other: Int) -> Bool { connection(one, other) > 0 }
  func isSilenced(_ from: Int, _ to: Int) -> Bool { silenced[from * count + to] > 0 }
  func isSevered(_ one: Int, _ other: Int) -> Bool { severed[one * count + other] > 0 }

  mutating func connect(_ one: Int, _ other: Int) {
    latest += 1
    connections[one * count + other] = latest
    connections[other * count + one] = latest
  }

  mutating func disconnect(_ one: Int, _ other: Int) {
    connections[one * count + other] = 0
    connections[other * count + one] = 0
  }

  mutating func silence(_ from: Int, _ to: Int, _ change: Int) {
    silenced[from * count + to] += change
  }

  mutating func sever(_ one: Int, _ other: Int, _ change: Int) {
    severed[one * count + other] += change
    severed[other * count + one] += change
  }

  /// Ends every partition.
  mutating func heal() {
    silenced = Array(repeating: 0, count: count * count)
    severed = silenced
  }
}
