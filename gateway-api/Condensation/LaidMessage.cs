using ProxyCluster.Core.Condensation;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>A message and where it stands in the body that it came in.</summary>
/// <param name="Bytes">Its bytes; of several items that go together: from the first one's to the last one's.</param>
/// <param name="Message">What condensation sees of it.</param>
/// <param name="GuessedTokens">What images, files, parts that are not known and the marks around calls are thought to take: a guess that may be far too high.</param>
/// <param name="HasTimestamp">Whether it says when it was said, which no provider is told.</param>
/// <param name="HasThoughts">Whether it holds thoughts of the model, which must then come first in its turn.</param>
internal sealed record LaidMessage(Range Bytes, ConversationMessage Message, int GuessedTokens, bool HasTimestamp, bool HasThoughts);
