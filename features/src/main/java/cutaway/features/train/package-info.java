/// Training of dictionaries. [cutaway.features.train.Training] is one step; read it first. Then
/// [cutaway.features.train.Trainer], which makes thousands of them, watches them and keeps what they reach; and
/// [cutaway.features.train.JointTrainer], which has several coders learn from the same batches.
@NullMarked
package cutaway.features.train;

import org.jspecify.annotations.NullMarked;
