namespace Reverie.Tests.Rooms;

/// <summary>One namespace knows another.</summary>
/// <param name="From">The namespace that knows.</param>
/// <param name="To">The one that is known.</param>
/// <param name="Member">What knows it, such as <c>Trainer.Begin</c>.</param>
/// <param name="Known">What is known of it, a type's name.</param>
internal sealed record Reference(string From, string To, string Member, string Known);
