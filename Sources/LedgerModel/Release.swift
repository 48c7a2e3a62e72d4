/// Which release of the programs this is.
public enum Release {
  /// Semantic version, as in CHANGELOG.md: the last one that was released.
  public static let version = "0.2.0"
}
