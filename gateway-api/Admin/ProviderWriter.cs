using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Models;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Providers as the admin plane shows them. References to secrets are shown, secrets never.</summary>
internal static class ProviderWriter
{
    /// <summary>A provider with what the cluster has seen of it.</summary>
    public static void Write(Utf8JsonWriter json, ProviderDescription description)
    {
        json.WriteStartObject();
        WriteFields(json, description.Definition);
        WriteState(json, description.Definition, description.Status);
        json.WriteStartArray("scores"u8);
        foreach (var score in description.Scores)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, score.Model);
            json.WriteNumber("performance"u8, Math.Round(score.Performance, 2));
            json.WriteNumber("reliability"u8, Math.Round(score.Reliability, 2));
            json.WriteNumber("inFlight"u8, score.InFlight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("outcomes"u8);
        foreach (var outcome in description.Outcomes)
        {
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(outcome.Outcome.ToString()), outcome.Count);
        }

        json.WriteEndObject();
        ProviderWatchWriter.Write(json, description);
        json.WriteEndObject();
    }

    /// <summary>A provider in a list.</summary>
    public static void Write(Utf8JsonWriter json, ProviderDefinition definition, ProviderStatus status)
    {
        json.WriteStartObject();
        WriteFields(json, definition);
        WriteState(json, definition, status);
        json.WriteEndObject();
    }

    /// <summary>The members that <see cref="ProviderReader"/> reads, so that what was read can be sent back.</summary>
    public static void WriteFields(Utf8JsonWriter json, ProviderDefinition definition)
    {
        json.WriteString("name"u8, definition.Name);
        json.WriteString("type"u8, definition.Type);
        json.WriteString("baseUrl"u8, definition.BaseUrl);
        json.WriteString("apiKey"u8, Shown(definition.ApiKey));
        json.WriteStartArray("apiKeys"u8);
        foreach (var reference in definition.ApiKeys)
        {
            json.WriteStringValue(Shown(reference));
        }

        json.WriteEndArray();
        json.WriteString("proxy"u8, definition.Proxy);
        json.WriteString("certificateAuthorities"u8, definition.CertificateAuthorities);
        json.WriteBoolean("enabled"u8, definition.Enabled);
        json.WriteBoolean("draining"u8, definition.Draining);
        json.WriteNumber("priority"u8, definition.Priority);
        json.WriteNumber("weight"u8, definition.Weight);
        json.WriteString("region"u8, definition.Region);
        json.WriteNumber("maxConcurrency"u8, definition.MaxConcurrency);
        json.WriteNumber("timeoutSeconds"u8, definition.Timeouts.FirstToken.TotalSeconds);
        WriteSeconds(json, "reasoningTimeoutSeconds", definition.Timeouts.Reasoning);
        WriteSeconds(json, "answerTimeoutSeconds", definition.Timeouts.Answer);
        json.WriteNumber("connectTimeoutSeconds"u8, definition.Timeouts.Connect.TotalSeconds);
        json.WriteNumber("totalTimeoutSeconds"u8, definition.Timeouts.Total.TotalSeconds);
        json.WriteString("organization"u8, definition.Organization);
        json.WriteString("apiVersion"u8, definition.ApiVersion);
        json.WriteStartObject("headers"u8);
        foreach (var header in definition.Headers)
        {
            json.WriteString(header.Name, header.Value);
        }

        json.WriteEndObject();
        WriteModels(json, definition);
        WriteSimulator(json, definition.Simulator);
        ProviderCustomWriter.Write(json, definition.Custom);
    }

    /// <summary>A provider's models, as the member <c>models</c>.</summary>
    public static void WriteModels(Utf8JsonWriter json, ProviderDefinition definition)
    {
        json.WriteStartArray("models"u8);
        foreach (var model in definition.Models)
        {
            WriteModel(json, model);
        }

        json.WriteEndArray();
    }

    /// <summary>What the provider told this gateway that it serves, as the members <c>discovered</c> and <c>discoveredAt</c>.</summary>
    public static void WriteDiscovered(Utf8JsonWriter json, DiscoveredList? list)
    {
        json.WriteStartArray("discovered"u8);
        foreach (var name in list?.Names ?? [])
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        if (list is null)
        {
            json.WriteNull("discoveredAt"u8);
            return;
        }

        json.WriteString("discoveredAt"u8, list.HeardAt);
    }

    private static void WriteModel(Utf8JsonWriter json, ModelDefinition model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Id);
        json.WriteString("upstreamId"u8, model.UpstreamId);
        json.WriteNumber("contextLength"u8, model.ContextLengthTokens);
        json.WriteNumber("maxOutputTokens"u8, model.MaxOutputTokens);
        WritePrice(json, "inputCostPerMillion", model.InputCostPerMillion);
        WritePrice(json, "outputCostPerMillion", model.OutputCostPerMillion);
        WritePrice(json, "cacheReadCostPerMillion", model.CacheReadCostPerMillion);
        WritePrice(json, "cacheWriteCostPerMillion", model.CacheWriteCostPerMillion);
        WriteFlag(json, "reasoning", model.Reasoning);
        json.WriteStartArray("capabilities"u8);
        foreach (var name in ProviderModelReader.NamesOf(model.Capabilities))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Zero stands for what the gateway takes where nothing is said.
    private static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            json.WriteNumber(name, time.TotalSeconds);
            return;
        }

        json.WriteNull(name);
    }

    private static void WritePrice(Utf8JsonWriter json, string name, decimal? price)
    {
        if (price is { } known)
        {
            json.WriteNumber(name, known);
            return;
        }

        json.WriteNull(name);
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? flag)
    {
        if (flag is { } known)
        {
            json.WriteBoolean(name, known);
            return;
        }

        json.WriteNull(name);
    }

    private static void WriteSimulator(Utf8JsonWriter json, SimulatorSettings? settings)
    {
        if (settings is null)
        {
            return;
        }

        json.WriteStartObject("simulator"u8);
        json.WriteNumber("firstTokenMilliseconds"u8, (int)settings.FirstTokenDelay.TotalMilliseconds);
        json.WriteNumber("tokensPerSecond"u8, settings.TokensPerSecond);
        json.WriteNumber("failureRate"u8, settings.FailureRate);
        json.WriteNumber("failureStatus"u8, settings.FailureStatus);
        json.WriteNumber("answerTokens"u8, settings.AnswerTokens);
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, ProviderDefinition definition, ProviderStatus status)
    {
        json.WriteString("source"u8, JsonNamingPolicy.CamelCase.ConvertName(definition.Source.ToString()));
        json.WriteString("status"u8, JsonNamingPolicy.CamelCase.ConvertName(status.ToString()));
        json.WriteNumber("version"u8, definition.Version);
    }

    /// <summary>How a key is shown: a reference as it is, a stored key by its last characters, and nothing of anything else.</summary>
    /// <param name="key">As in the definition.</param>
    public static string? Shown(string? key) =>
        key is null || key.StartsWith("config:", StringComparison.Ordinal) || SecretReference.TryParse(key, out _) ? key : SecretEnvelope.Shown(key);
}
